using MarketData.Simulator.Alpaca;
using MarketData.Simulator.Binance;
using MarketData.Simulator.Coinbase;
using MarketData.Simulator.Faults;
using MarketData.Simulator.Market;
using MarketData.Simulator.Polygon;
using MarketData.Simulator.Requests;
using MarketData.Simulator.Yahoo;

namespace MarketData.Simulator;

/// <summary>The simulator as an application that a process or a test can run.</summary>
public static class SimulatorApp
{
    /// <summary>Puts the simulator together; the caller runs it.</summary>
    /// <param name="args">Command line, such as <c>--urls http://127.0.0.1:0 --Simulator:Seed 7</c>.</param>
    /// <param name="configure">Changes to the builder before the application is built: another <see cref="TimeProvider"/>, settings, logging.</param>
    /// <exception cref="InvalidOperationException">A setting is out of range; the message names it.</exception>
    public static WebApplication Create(string[] args, Action<WebApplicationBuilder>? configure = null)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Logging.AddFilter("Microsoft", LogLevel.Warning);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.ConfigureHttpJsonOptions(json => SimulatorJson.Configure(json.SerializerOptions));
        builder.Services.AddProblemDetails();
        builder.Services.AddHealthChecks();
        configure?.Invoke(builder);
        AddSimulation(builder);

        var app = builder.Build();
        app.UseWhen(context => context.Request.Path.StartsWithSegments("/simulator"), own => own.UseStatusCodePages());
        app.UseMiddleware<RequestInterception>();
        app.MapPolygon();
        app.MapBinance();
        app.MapYahoo();
        app.MapCoinbase();
        app.MapAlpaca();
        app.MapMarket();
        app.MapFaults();
        app.MapRequests();
        app.MapHealthChecks("/alive");
        app.MapHealthChecks("/health");
        return app;
    }

    private static void AddSimulation(WebApplicationBuilder builder)
    {
        var options = SimulatorOptions.From(builder.Configuration);
        builder.Services
            .AddSingleton(options)
            .AddSingleton(new Universe(options.Seed))
            .AddSingleton<MarketClock>()
            .AddSingleton<SimulatedMarket>()
            .AddSingleton<Oddities>()
            .AddSingleton<Aggregates>()
            .AddSingleton<Klines>()
            .AddSingleton<ChartSeries>()
            .AddSingleton<ProductCandles>()
            .AddSingleton<StockBars>()
            .AddSingleton<FaultBook>()
            .AddSingleton<RequestLog>()
            .AddSingleton<Quotas>();
    }
}
