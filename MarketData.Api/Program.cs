using System.Text.Json;
using System.Text.Json.Serialization;
using MarketData.Api.Enrichment;
using MarketData.Api.Errors;
using MarketData.Api.Events;
using MarketData.Api.Features;
using MarketData.Api.Historical;
using MarketData.Api.Keys;
using MarketData.Api.OpenApi;
using MarketData.Api.Providers;
using MarketData.Api.Quality;
using MarketData.Api.Requests;
using MarketData.Api.Status;
using MarketData.Api.Symbols;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddSingleton<IProblemDetailsWriter, JsonProblemWriter>();
builder.Services.AddProblemDetails();
builder.Services.AddApiDescription();
builder.Services.AddHistorical();
builder.Services.ConfigureHttpJsonOptions(options =>
{
    options.SerializerOptions.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
    options.SerializerOptions.NumberHandling = JsonNumberHandling.Strict;
    options.SerializerOptions.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
    options.SerializerOptions.AllowDuplicateProperties = false;
});

var app = builder.Build();
app.UseExceptionHandler();
app.UseStatusCodePages();
app.MapOpenApi();
app.MapGroup("/api/v1").CheckRequests()
    .MapEnrichment().MapEvents().MapHistorical().MapFeatures().MapQuality().MapSymbols().MapKeys().MapProviders().MapStatus();
app.Run();
