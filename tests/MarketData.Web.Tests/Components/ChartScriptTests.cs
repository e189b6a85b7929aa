using Bunit;
using MarketData.Web.Components.Shared;
using Microsoft.JSInterop;

namespace MarketData.Web.Tests.Components;

/// <summary>Charts in a browser that has closed the page, or lost the connection and comes back.</summary>
public sealed class ChartScriptTests : BunitContext
{
    public static TheoryData<Exception> Losses => [new JSDisconnectedException("The circuit is closed."), new TaskCanceledException()];

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task A_browser_that_is_gone_fails_no_load_and_gets_later_what_it_missed(Exception loss)
    {
        var script = ChartOf("./js/price-chart.js");
        script.SetupVoid("show", _ => true).SetVoidResult();
        var newer = script.SetupVoid("newer").SetException(loss);
        var chart = Render<PriceChart>(parameters => parameters.Add(chart => chart.Symbol, "AAPL")).Instance;

        (await Renderer.Dispatcher.InvokeAsync(chart.LoadNewerAsync)).ShouldBeFalse();

        script.SetupVoid("newer").SetVoidResult();
        (await Renderer.Dispatcher.InvokeAsync(chart.LoadNewerAsync)).ShouldBeTrue();
        newer.Invocations.Count.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Losses))]
    public async Task A_chart_of_a_closed_page_goes_without_an_error(Exception loss)
    {
        ChartOf("./js/chart.js").SetupVoid("dispose").SetException(loss);
        var candles = ChartOf("./js/price-chart.js");
        candles.SetupVoid("show", _ => true).SetVoidResult();
        candles.SetupVoid("dispose").SetException(loss);
        Render<PriceChart>(parameters => parameters.Add(chart => chart.Symbol, "AAPL"));
        Render<Chart>(parameters => parameters.Add(chart => chart.Options, new { }));

        await DisposeComponentsAsync();
    }

    [Fact]
    public async Task A_script_that_fails_is_not_passed_over()
    {
        var script = ChartOf("./js/price-chart.js");
        script.SetupVoid("show", _ => true).SetVoidResult();
        script.SetupVoid("newer").SetException(new JSException("No such series."));
        var chart = Render<PriceChart>(parameters => parameters.Add(chart => chart.Symbol, "AAPL")).Instance;

        await Should.ThrowAsync<JSException>(() => Renderer.Dispatcher.InvokeAsync(chart.LoadNewerAsync));
    }

    private BunitJSModuleInterop ChartOf(string module) => JSInterop.SetupModule(module).SetupModule("create", _ => true);
}
