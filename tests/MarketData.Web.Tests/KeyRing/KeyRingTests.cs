using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using MarketData.Testing;
using MarketData.Web.Tests.Fakes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;

namespace MarketData.Web.Tests.KeyRing;

/// <summary>The keys of sign-ins in the database: shared by all instances, kept over restarts, and encrypted where a certificate is given.</summary>
public sealed class KeyRingTests(PostgresServer server) : IClassFixture<PostgresServer>, IAsyncLifetime
{
    private readonly CancellationToken _cancellation = TestContext.Current.CancellationToken;
    private readonly string _folder = Directory.CreateTempSubdirectory("marketdata-keys-").FullName;
    private readonly List<DashboardServer> _dashboards = [];
    private TestDatabase _database = null!;
    private FakeApi _api = null!;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        _database = await server.CreateDatabaseAsync(_cancellation);
        _api = await FakeApi.StartAsync();
        _api.KeyScopes = new() { ["good-key"] = ["read", "enrich"] };
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var dashboard in _dashboards)
            await dashboard.DisposeAsync();
        await _api.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task A_sign_in_holds_at_every_instance_and_after_a_restart()
    {
        var both = await Task.WhenAll(Task.Run(() => ReadyAsync()), Task.Run(() => ReadyAsync()));
        var session = await OperatorForm.SessionAsync(both[0]);
        (await OperatorForm.IsSignedInAsync(both[1], session)).ShouldBeTrue();
        (await OperatorForm.IsSignedInAsync(both[0], await OperatorForm.SessionAsync(both[1]))).ShouldBeTrue();
        (await KeysAsync()).ShouldHaveSingleItem();

        foreach (var dashboard in _dashboards)
            await dashboard.DisposeAsync();
        _dashboards.Clear();
        (await OperatorForm.IsSignedInAsync(await ReadyAsync(), session)).ShouldBeTrue();
        (await KeysAsync()).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData("pfx")]
    [InlineData("pem")]
    [InlineData("two files")]
    public async Task With_a_certificate_keys_are_encrypted_and_its_successor_reads_them_too(string kind)
    {
        var first = Certificate("first", kind);
        var session = await OperatorForm.SessionAsync(await ReadyAsync(Settings("Web:DataProtection", first)));
        (await KeysAsync()).ShouldHaveSingleItem().ShouldNotContain("<value>");

        var second = await ReadyAsync(
            [.. Settings("Web:DataProtection", Certificate("second", kind)), .. Settings("Web:DataProtection:OldCertificates:0", first)]);
        (await OperatorForm.IsSignedInAsync(second, session)).ShouldBeTrue();
        (await HealthAsync()).Status.ShouldBe(HealthStatus.Healthy);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_key_that_cannot_be_decrypted_signs_nobody_in_and_is_told_with_the_setting(bool withAnother)
    {
        var session = await OperatorForm.SessionAsync(await ReadyAsync(Settings("Web:DataProtection", Certificate("first", "pfx"))));

        var other = await ReadyAsync(withAnother ? Settings("Web:DataProtection", Certificate("second", "pfx")) : []);

        (await OperatorForm.IsSignedInAsync(other, session)).ShouldBeFalse();
        (await OperatorForm.IsSignedInAsync(other, await OperatorForm.SessionAsync(other))).ShouldBeTrue();
        var health = await HealthAsync();
        health.Status.ShouldBe(HealthStatus.Degraded);
        health.Description.ShouldNotBeNull().ShouldContain("Web:DataProtection:OldCertificates");
    }

    [Fact]
    public async Task Without_the_table_nobody_is_signed_in_and_with_it_all_goes_on_by_itself()
    {
        var session = await OperatorForm.SessionAsync(await ReadyAsync());
        await ExecuteAsync("ALTER TABLE data_protection_keys RENAME TO away");

        var waiting = Start();
        using var page = await waiting.GetAsync("/dashboard/sign-in", _cancellation);
        page.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        page.Headers.RetryAfter.ShouldNotBeNull();
        (await HealthAsync()).Status.ShouldBe(HealthStatus.Unhealthy);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/v1/historical/AAPL");
        request.Headers.Add("Cookie", session);
        (await waiting.SendAsync(request, _cancellation)).StatusCode.ShouldBe(HttpStatusCode.OK);
        await Eventually.BecomesAsync(
            async () => (await HealthAsync()).Description!.Contains("data_protection_keys is missing", StringComparison.Ordinal),
            TimeSpan.FromMinutes(1),
            _cancellation);

        await ExecuteAsync("ALTER TABLE away RENAME TO data_protection_keys");
        await BecomesReadyAsync(waiting);
        (await OperatorForm.IsSignedInAsync(waiting, session)).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_the_server_the_dashboard_starts_and_says_what_it_waits_for()
    {
        var waiting = Start(("ConnectionStrings:marketdata", "Host=127.0.0.1;Port=1;Username=nobody"));

        (await waiting.GetAsync("/dashboard/", _cancellation)).StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var health = await HealthAsync();
        health.Status.ShouldBe(HealthStatus.Unhealthy);
        health.Description.ShouldNotBeNull().ShouldContain("can't be read from the database");
    }

    [Theory]
    [InlineData("Web:DataProtection:Certificate", "none.pfx", "Web:DataProtection:Certificate must be a PFX or PEM file")]
    [InlineData("Web:DataProtection:Password", "another", "Web:DataProtection:Certificate must be a PFX or PEM file")]
    [InlineData("Web:DataProtection:OldCertificates:0:Certificate", "none.pem", "Web:DataProtection:OldCertificates must be a PFX or PEM file")]
    [InlineData("Web:DataProtection:OldCertificates:0:Password", "secret", "Web:DataProtection:OldCertificates must name a file")]
    [InlineData("ConnectionStrings:marketdata", "nonsense", "ConnectionStrings:marketdata must be a connection string")]
    [InlineData("Web:Hsts:MaxAge", "-1.00:00:00", "Web:Hsts:MaxAge must be 0 or longer")]
    [InlineData("Proxies:Trusted:0", "everyone", "Proxies:Trusted must hold networks")]
    public async Task A_setting_that_is_wrong_stops_the_start_with_one_sentence(string name, string value, string sentence)
    {
        var settings = Settings("Web:DataProtection", Certificate("right", "pfx")).ToDictionary(
            setting => setting.Name.Replace(":", "__", StringComparison.Ordinal), setting => (string?)setting.Value);
        settings[name.Replace(":", "__", StringComparison.Ordinal)] = value;
        await using var process = AppHostProcess.Start("dotnet", [AppHostProcess.Program("MarketData.Web"), "--urls", "http://127.0.0.1:0"], settings);

        await process.EndedAsync(_cancellation, TimeSpan.FromMinutes(3));

        process.ExitCode.ShouldBe(ServiceRunner.ConfigurationError, process.Output);
        process.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).ShouldHaveSingleItem().ShouldContain(sentence);
    }

    private HttpClient Start(params (string Name, string Value)[] settings)
    {
        var dashboard = new DashboardServer();
        lock (_dashboards)
            _dashboards.Add(dashboard);
        var address = dashboard.Start(_api.Address, [("ConnectionStrings:marketdata", _database.ConnectionString), .. settings]);
        return new HttpClient(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false }) { BaseAddress = address };
    }

    private async Task<HttpClient> ReadyAsync(params (string Name, string Value)[] settings)
    {
        var client = Start(settings);
        await BecomesReadyAsync(client);
        return client;
    }

    private Task BecomesReadyAsync(HttpClient client) => Eventually.BecomesAsync(
        async () => (await client.GetAsync("/dashboard/sign-in", _cancellation)).IsSuccessStatusCode, TimeSpan.FromMinutes(1), _cancellation);

    // Of the instance that was started last.
    private async Task<HealthReportEntry> HealthAsync() =>
        (await _dashboards[^1].Services.GetRequiredService<HealthCheckService>().CheckHealthAsync(_cancellation)).Entries["data-protection-keys"];

    private async Task<List<string>> KeysAsync()
    {
        await using var command = _database.DataSource.CreateCommand("SELECT xml FROM data_protection_keys");
        await using var rows = await command.ExecuteReaderAsync(_cancellation);
        var keys = new List<string>();
        while (await rows.ReadAsync(_cancellation))
            keys.Add(rows.GetString(0));
        return keys;
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var command = _database.DataSource.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(_cancellation);
    }

    private static (string Name, string Value)[] Settings(string section, Dictionary<string, string> certificate) =>
        [.. certificate.Select(setting => ($"{section}:{setting.Key}", setting.Value))];

    private Dictionary<string, string> Certificate(string name, string kind)
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using var certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        var path = Path.Combine(_folder, name);
        var encrypted = key.ExportEncryptedPkcs8PrivateKeyPem("secret", new PbeParameters(PbeEncryptionAlgorithm.Aes256Cbc, HashAlgorithmName.SHA256, 1_000));
        switch (kind)
        {
            case "pfx":
                File.WriteAllBytes(path, certificate.Export(X509ContentType.Pfx, "secret"));
                return new() { ["Certificate"] = path, ["Password"] = "secret" };
            case "pem":
                File.WriteAllText(path, certificate.ExportCertificatePem() + "\n" + encrypted);
                return new() { ["Certificate"] = path, ["Password"] = "secret" };
            default:
                File.WriteAllText(path, certificate.ExportCertificatePem());
                File.WriteAllText(path + ".key", key.ExportPkcs8PrivateKeyPem());
                return new() { ["Certificate"] = path, ["CertificateKey"] = path + ".key" };
        }
    }
}
