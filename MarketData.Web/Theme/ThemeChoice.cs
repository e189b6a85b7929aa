using Microsoft.JSInterop;

namespace MarketData.Web.Theme;

/// <summary>The colours of one open page, and the reader's choice behind them.</summary>
public sealed class ThemeChoice
{
    /// <summary>The colours changed.</summary>
    public event Action? Changed;

    /// <summary>Whether the page is dark now.</summary>
    public bool IsDark { get; private set; }

    /// <summary><c>light</c>, <c>dark</c>, or <c>system</c> to follow the reader's system.</summary>
    public string Name { get; private set; } = "system";

    /// <summary>Takes over what the page was sent in.</summary>
    public void Start(InitialTheme initial) => (IsDark, Name) = (initial.IsDark, initial.Choice);

    /// <summary>Changes the colours and has the browser remember the choice.</summary>
    public async Task SetAsync(string name, bool isDark, IJSRuntime js)
    {
        (Name, IsDark) = (name, isDark);
        Changed?.Invoke();
        await js.InvokeVoidAsync("marketDataPreferences.choose", name, isDark);
    }
}
