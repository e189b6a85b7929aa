using MarketData.Web.Api;
using MarketData.Web.Components;
using MarketData.Web.Hosting;
using MarketData.Web.Live;
using MarketData.Web.Operators;
using MarketData.Web.Theme;
using MudBlazor.Services;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
builder.WebHost.UseStaticWebAssets();

builder.Services.AddFrontDoor();
builder.Services.AddOperators();
builder.Services.AddApiClients();
builder.Services.AddLiveFeed(builder.Configuration);
builder.Services.AddMudServices();
builder.Services.AddScoped<ThemeChoice>();
builder.Services.AddRazorComponents().AddInteractiveServerComponents();

var app = builder.Build();
app.UseFrontDoor();
app.UseSecurityHeaders();
app.UseStatusCodePagesWithReExecute("/not-found");
app.UseRouting();
app.UseAuthentication();
app.UseAuthorization();
app.UseAntiforgery();

app.MapDefaultEndpoints();
app.MapReverseProxy();
app.MapStaticAssets();
app.MapRazorComponents<App>().AddInteractiveServerRenderMode(options => options.ContentSecurityFrameAncestorsPolicy = null);
return await app.RunServiceAsync();
