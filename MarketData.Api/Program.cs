using MarketData.Api;
using MarketData.Api.Bulk;
using MarketData.Api.Calendar;
using MarketData.Api.Database;
using MarketData.Api.Enrichment;
using MarketData.Api.Errors;
using MarketData.Api.Events;
using MarketData.Api.Features;
using MarketData.Api.Historical;
using MarketData.Api.Imports;
using MarketData.Api.Instruments;
using MarketData.Api.Keys;
using MarketData.Api.Latest;
using MarketData.Api.Notifications;
using MarketData.Api.OpenApi;
using MarketData.Api.Providers;
using MarketData.Api.Quality;
using MarketData.Api.Requests;
using MarketData.Api.Security;
using MarketData.Api.Status;
using MarketData.Api.Symbols;
using MarketData.Api.Watchlists;
using MarketData.Bulk;

if (await ServiceCommands.RunAsync(
        args,
        new("migrate", "brings the database to the schema that this build needs", MigrateCommand.RunAsync),
        new("keys", "makes, lists and revokes API keys", KeysCommand.RunAsync),
        new("import", "brings histories of your own, and takes them away again", ImportCommand.RunAsync)) is { } exitCode)
{
    return exitCode;
}

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddErrors();
builder.AddServiceDefaults();
builder.AddTrustedProxies();
builder.AddDatabase();
builder.AddSettings();
builder.Services.AddRequests();
builder.Services.AddSecurity();
builder.Services.AddEnrichment();
builder.Services.AddEvents();
builder.Services.AddApiDescription();
builder.Services.AddHistorical();
builder.Services.AddSingleton<LatestBodies>();
builder.Services.AddBulkFiles(builder.Configuration);
builder.Services.AddImports(builder.Configuration);
builder.Services.AddSingleton<InstrumentReader>();
builder.Services.AddSingleton<SymbolInquiry>();

var app = builder.Build();
app.UseSecurityHeaders();
app.UseOwnHosts();
app.UseTrustedProxies();
app.UseMiddleware<HeadRequests>();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.UseResponseCompression();
app.UseRouting();
app.UseCors();
app.UseMiddleware<CrossSiteGuard>();
app.UseRequestTimeouts();
app.UseMiddleware<RequestLimits>();
app.UseAuthentication();
app.UseMiddleware<KeyAudit>();
app.UseAuthorization();
app.UseMiddleware<RequestChecks>();

app.MapDefaultEndpoints();
app.MapProblemPages();
app.MapApiDescription();
app.MapGroup("/api/v1").CheckScopes().CheckRequests().GuardDatabase()
    .MapEnrichment().MapEvents().MapHistorical().MapBulk().MapLatest().MapFeatures().MapQuality()
    .MapSymbols().MapWatchlists().MapInstruments().MapCalendar().MapImports().MapNotifications().MapKeys().MapProviders().MapStatus().MapAccess();
return await app.RunServiceAsync();
