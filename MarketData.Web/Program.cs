using MarketData.Web.Api;
using MarketData.Web.Components;
using MarketData.Web.Hosting;
using MarketData.Web.KeyRing;
using MarketData.Web.Live;
using MarketData.Web.Operators;
using MarketData.Web.Presentation;
using MarketData.Web.Runbooks;
using MarketData.Web.Theme;
using MarketData.Web.Times;
using MudBlazor.Services;

if (await ServiceCommands.RunAsync(args) is { } exitCode)
    return exitCode;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.AddTrustedProxies();
builder.AddKeyRing();
builder.WebHost.UseStaticWebAssets();

builder.Services.AddStrictTransport(builder.Configuration);
builder.Services.AddFrontDoor(builder.Configuration);
builder.Services.AddCircuitTracing();
builder.Services.AddCallers();
builder.Services.AddOperators(builder.Configuration);
builder.Services.AddApiClients(builder.Configuration);
builder.Services.AddLiveFeed(builder.Configuration);
builder.Services.AddOptions<ToolLinks>().Configure<IConfiguration>(ToolLinks.Configure);
builder.Services.AddMudServices();
builder.Services.AddScoped<ThemeChoice>();
builder.Services.AddScoped<TimeZoneChoice>();
builder.Services.AddSingleton<RunbookLibrary>();
builder.Services.AddRazorComponents().AddInteractiveServerComponents()
    .AddHubOptions(options =>
    {
        // A page's data comes back once with the browser's first message, so that the circuit need not load it again.
        options.MaximumReceiveMessageSize = 1_000_000;
        options.TrackCallers();
    });

var app = builder.Build();
app.UseOwnHosts();
app.UseTrustedProxies();
app.UseHsts();
app.UseCallers();
app.UseFrontDoor();
app.EndPageConnectionsWithService();
app.UseSecurityHeaders();
app.UseCrossSiteGuard();
app.UseKeyRing();
app.UseStatusCodePagesWithReExecute("/not-found");
app.UseForwardedErrors();
app.UseRouting();
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();

app.MapDefaultEndpoints();
app.MapProblemPages();
app.MapReverseProxy().ExceptAtManagementPort();
app.MapStaticAssets();
app.MapRazorComponents<App>().AnswerHead().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
return await app.RunServiceAsync();
