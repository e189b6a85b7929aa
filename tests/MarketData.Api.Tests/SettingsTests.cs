using MarketData.Testing;
using Microsoft.Extensions.Hosting;

namespace MarketData.Api.Tests;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("Api__RequestTimeoutSeconds", "abc", "Api:RequestTimeoutSeconds")]
    [InlineData("Api__RequestTimeoutSeconds", "0", "Api:RequestTimeoutSeconds must be from 1 to 600.")]
    [InlineData("Api__PageCacheBytes", "-1", "Api:PageCacheBytes must be from 0 to 1000000000.")]
    [InlineData("Proxies__Trusted__0", "everyone", "Proxies:Trusted must hold networks such as 10.0.0.0/8, or addresses, and holds 'everyone'.")]
    [InlineData("Proxies__Trusted", "10.0.0.0/8 10.0.0.0/33", "Proxies:Trusted must hold networks such as 10.0.0.0/8, or addresses, and holds '10.0.0.0/33'.")]
    [InlineData("Quality__MinimumScore", "2", "Quality:MinimumScore must lie between 0 and 1.")]
    [InlineData("Bulk__Target", "ftp://somewhere", "Bulk:Target must be a folder, or a bucket and a prefix in it such as 's3://market-data/bulk', and is 'ftp://somewhere'.")]
    [InlineData("Bulk__S3__AccessKey", "half", "Bulk:S3:SecretKey must be set together with Bulk:S3:AccessKey, and only one of them is.")]
    [InlineData("ConnectionStrings__marketdata", "", "ConnectionStrings:marketdata is missing")]
    public async Task A_setting_that_is_wrong_stops_the_start_with_one_sentence(string name, string value, string sentence)
    {
        await using var process = AppHostProcess.Start("dotnet", [AppHostProcess.Program("MarketData.Api"), "--urls", "http://127.0.0.1:0"], new Dictionary<string, string?>
        {
            ["ConnectionStrings__marketdata"] = "Host=127.0.0.1;Port=1;Username=nobody",
            [name] = value,
        });
        await process.EndedAsync(TestContext.Current.CancellationToken, TimeSpan.FromMinutes(3));
        process.ExitCode.ShouldBe(ServiceRunner.ConfigurationError, process.Output);
        process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldContain(sentence);
    }
}
