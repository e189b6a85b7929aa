using MarketData.Enrichment;
using MarketData.Enrichment.Pipeline;
using MarketData.Enrichment.Providers;
using MarketData.Enrichment.Scheduling;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddNpgsqlDataSource("marketdata");
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddSingleton(NodeIdentity.Create());
builder.Services.AddSingleton<EnrichmentMetrics>();
builder.Services.AddProviders(builder.Configuration);
builder.Services.AddPipeline(builder.Configuration);
builder.Services.AddScheduling(builder.Configuration);

var app = builder.Build();
app.MapDefaultEndpoints();
return await app.RunServiceAsync();
