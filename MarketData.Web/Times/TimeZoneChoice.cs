using Microsoft.JSInterop;

namespace MarketData.Web.Times;

/// <summary>In which zone one reader wants to see instants. The browser writes them, and keeps the choice in a cookie.</summary>
public sealed class TimeZoneChoice
{
    /// <summary>The cookie, which holds <see cref="Name"/>.</summary>
    public const string Cookie = "md-zone";

    /// <summary>The zone of the exchange where a page is about no symbol: that of the nightly run's markets.</summary>
    public const string DefaultExchangeZone = "America/New_York";

    /// <summary>The choices: their names, and what people call them.</summary>
    public static IReadOnlyList<(string Name, string Word)> All { get; } = [("local", "Local"), ("utc", "UTC"), ("exchange", "Exchange")];

    /// <summary>The choice changed.</summary>
    public event Action? Changed;

    /// <summary><c>local</c>, <c>utc</c> or <c>exchange</c>.</summary>
    public string Name { get; private set; } = All[0].Name;

    /// <summary>The choice that a name means; local for one that is none.</summary>
    public static string Of(string? name) => All.Any(choice => choice.Name == name) ? name! : All[0].Name;

    /// <summary>Takes over what the page was sent with.</summary>
    public void Start(string name) => Name = Of(name);

    /// <summary>Changes the zone and has the browser remember it.</summary>
    public async Task SetAsync(string name, IJSRuntime js)
    {
        Name = Of(name);
        Changed?.Invoke();
        await js.InvokeVoidAsync("marketDataPreferences.chooseZone", Name);
    }
}
