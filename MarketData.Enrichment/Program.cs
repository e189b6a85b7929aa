using MarketData.Enrichment;
using MarketData.Enrichment.Pipeline;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Scheduling;
using MarketData.Storage;

if (await ServiceCommands.RunAsync(
        args,
        new ServiceCommand(
            "providers", "asks each provider whether it serves this machine", (command, output, error) => ProvidersCommand.RunAsync(command, output, error)))
    is { } exitCode)
{
    return exitCode;
}

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
var concurrency = builder.Configuration.GetSection(EnrichmentOptions.Section).GetValue(nameof(EnrichmentOptions.Concurrency), new EnrichmentOptions().Concurrency);
var leaseDuration = builder.Configuration.GetSection(LeaseOptions.Section).GetValue(nameof(LeaseOptions.Duration), new LeaseOptions().Duration);
builder.AddMarketDataDatabase(database =>
{
    // Who is silent for longer has lost its leases: what its transactions hold is to be free for whoever goes on.
    database.KeepAlive(leaseDuration);
    database.LimitPool(MarketDataDatabase.EnrichmentPoolSize(concurrency));
    // A symbol takes some fifty statements, the same for each: parsed and planned once a session rather than once a symbol.
    database.ConnectionStringBuilder.MaxAutoPrepare = 200;
    database.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
    // No DISCARD ALL: a session keeps nothing but plans and empty staging tables, which its next use needs.
    database.ConnectionStringBuilder.NoResetOnClose = true;
    // Autovacuum can't freeze temporary tables: a session that lived for long would bring transaction id wraparound nearer.
    database.ConnectionStringBuilder.ConnectionLifetime = 3600;
});
builder.Services.AddDatabaseClock();
builder.Services.AddSingleton(NodeIdentity.Create());
builder.Services.AddSingleton<EnrichmentMetrics>();
builder.Services.AddProviders(builder.Configuration);
builder.Services.AddPipeline(builder.Configuration);
builder.Services.AddScheduling(builder.Configuration);

var app = builder.Build();
app.MapDefaultEndpoints();
return await app.RunServiceAsync();
