using Microsoft.JSInterop;

namespace MarketData.Web.Components.Shared;

/// <summary>Calls of a script in a browser that may have closed the page or lost the connection meanwhile, which is no failure of ours.</summary>
internal static class BrowserScript
{
    /// <summary>Calls a function that returns nothing.</summary>
    /// <param name="script">The object that has it.</param>
    /// <param name="function">Its name.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <returns>Whether the browser has done it. One that has lost the connection does not, and is given up after a minute.</returns>
    public static async Task<bool> TryInvokeAsync(this IJSObjectReference script, string function, params object?[] arguments)
    {
        try
        {
            await script.InvokeVoidAsync(function, arguments);
            return true;
        }
        catch (Exception gone) when (gone is JSDisconnectedException or OperationCanceledException)
        {
            return false;
        }
    }

    /// <summary>Gives a chart and its module back to the browser, where they are still there.</summary>
    /// <param name="chart">The chart, which is told to dispose of itself.</param>
    /// <param name="module">The module that made it.</param>
    public static async ValueTask ReleaseAsync(IJSObjectReference? chart, IJSObjectReference? module)
    {
        try
        {
            if (chart is not null)
            {
                await chart.InvokeVoidAsync("dispose");
                await chart.DisposeAsync();
            }

            if (module is not null)
                await module.DisposeAsync();
        }
        catch (Exception gone) when (gone is JSDisconnectedException or OperationCanceledException)
        {
            // The page is closed, and the chart with it.
        }
    }
}
