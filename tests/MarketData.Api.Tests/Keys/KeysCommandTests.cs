using System.Net;
using MarketData.Api.Tests.Enrichment;
using Npgsql;

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
        code.ShouldBe(64);
        error.ShouldContain("keys create --admin");
    }

    [Fact]
    public async Task A_key_that_is_not_there_can_not_be_revoked() => (await RunAsync("keys", "revoke", Guid.NewGuid().ToString())).Code.ShouldBe(1);

    [Fact]
    public async Task The_database_that_the_app_host_runs_is_found_by_its_files()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var there = new NpgsqlConnectionStringBuilder(fixture.Database.ConnectionString);
        Assert.SkipUnless(there.Host == "127.0.0.1" && there.Username == "postgres", "The tests use a server of somebody else's.");
        var folder = Directory.CreateTempSubdirectory("marketdata-keys-");
        try
        {
            // As the server that the app host runs leaves them: the password beside the cluster, the port in the fourth line.
            Directory.CreateDirectory(Path.Combine(folder.FullName, ".data", "postgres"));
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, ".data", "postgres.password"), there.Password, cancellation);
            await File.WriteAllTextAsync(Path.Combine(folder.FullName, ".data", "postgres", "postmaster.pid"), $"1\n/data\n1\n{there.Port}\n", cancellation);
            await fixture.Database.ExecuteAsync("CREATE DATABASE marketdata TEMPLATE template0");
            var inside = folder.CreateSubdirectory("MarketData.Api").FullName;
            var early = await ApiCommand.RunInAsync(inside, null, "keys", "create", "--read");
            (early.Code, early.Output).ShouldBe((1, ""));
            early.Error.ShouldContain("database has none: run migrate.");
            (await ApiCommand.RunInAsync(inside, null, "migrate")).Code.ShouldBe(0);
            (await ApiCommand.RunInAsync(inside, null, "keys", "create", "--read", "--name", "found")).Code.ShouldBe(0);
            (await ApiCommand.RunInAsync(inside, null, "keys", "list")).Output.ShouldContain("found");

            File.Delete(Path.Combine(folder.FullName, ".data", "postgres", "postmaster.pid"));
            var (code, _, error) = await ApiCommand.RunInAsync(inside, null, "keys", "list");
            code.ShouldBe(78);
            error.ShouldStartWith("ConnectionStrings:marketdata is missing");
        }
        finally
        {
            folder.Delete(recursive: true);
            await fixture.Database.ExecuteAsync("DROP DATABASE IF EXISTS marketdata WITH (FORCE)");
        }
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] arguments) =>
        ApiCommand.RunAsync(fixture.Database.ConnectionString, arguments);
}
