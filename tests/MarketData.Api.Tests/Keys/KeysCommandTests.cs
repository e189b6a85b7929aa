using System.Diagnostics;
using System.Net;
using MarketData.Testing;

namespace MarketData.Api.Tests.Keys;

public sealed class KeysCommandTests(ApiFixture fixture) : IClassFixture<ApiFixture>
{
    [Fact]
    public async Task The_first_admin_key_is_made_by_one_command_and_revoked_by_another()
    {
        var (code, output, _) = await RunAsync("keys", "create", "--admin", "--name", "first");
        code.ShouldBe(0);
        var secret = output.Split('\n')[0].Trim();
        using var admin = fixture.Api.With(secret);
        var keys = await admin.FetchAsync("/api/v1/admin/api-keys").JsonAsync();
        var id = keys.GetProperty("items").EnumerateArray().Single(key => key.GetProperty("name").GetString() == "first").GetProperty("id").GetString()!;
        (await RunAsync("keys", "list")).Output.ShouldContain(id);
        (await RunAsync("keys", "revoke", id)).Code.ShouldBe(0);
        await admin.FetchAsync("/api/v1/admin/api-keys").ProblemAsync(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("keys")]
    [InlineData("keys", "create")]
    [InlineData("keys", "create", "--root")]
    [InlineData("keys", "revoke", "first")]
    public async Task What_is_not_understood_shows_how_to_say_it(params string[] arguments)
    {
        var (code, _, error) = await RunAsync(arguments);
        code.ShouldBe(2);
        error.ShouldContain("keys create --admin");
    }

    [Fact]
    public async Task A_key_that_is_not_there_can_not_be_revoked() => (await RunAsync("keys", "revoke", Guid.NewGuid().ToString())).Code.ShouldBe(1);

    private async Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [AppHostProcess.Program("MarketData.Api"), .. arguments])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["ConnectionStrings__marketdata"] = fixture.Database.ConnectionString;
        using var process = Process.Start(start)!;
        var (output, error) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (process.ExitCode, await output, await error);
    }
}
