using MarketData.Enrichment;
using MarketData.Enrichment.Pipeline;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Scheduling;
using MarketData.Storage;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddMarketDataDatabase(static database =>
{
    // A symbol takes some fifty statements, the same for each: parsed and planned once a session rather than once a symbol.
    database.ConnectionStringBuilder.MaxAutoPrepare = 200;
    database.ConnectionStringBuilder.AutoPrepareMinUsages = 2;
    // All that a session keeps from one use to the next are plans and empty stages, which the next one wants.
    database.ConnectionStringBuilder.NoResetOnClose = true;
    // Vacuum can't reach a session's own tables: none grows old enough to hold back the reuse of transaction ids.
    database.ConnectionStringBuilder.ConnectionLifetime = 3600;
});
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(NodeIdentity.Create());
builder.Services.AddSingleton<EnrichmentMetrics>();
builder.Services.AddProviders(builder.Configuration);
builder.Services.AddPipeline(builder.Configuration);
builder.Services.AddScheduling(builder.Configuration);

var app = builder.Build();
app.MapDefaultEndpoints();
return await app.RunServiceAsync();
