using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;
using Microsoft.Extensions.Options;

namespace MarketData.Enrichment.Providers;

/// <summary>
/// Which providers are asked first, <c>Providers:Order</c>: those that are named for the instrument's exchange, then those for its asset class,
/// then all others in the order of their registration.
/// </summary>
public sealed class ProviderOrder
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Providers:Order";

    private const string Currency = nameof(Currency);
    private static readonly char[] Separators = [' ', ',', ';'];
    private static readonly string[] Classes = [.. Enum.GetValues<AssetClass>().Select(Name)];

    /// <summary>
    /// Providers' names by asset class (<c>Stock</c>, <c>Etf</c>, <c>Index</c>, <c>Currency</c>, <c>Crypto</c>) or by the exchange's MIC, such as
    /// <c>XLON</c>, first choice first; all in any case.
    /// </summary>
    public IDictionary<string, IReadOnlyList<string>> Lists { get; } =
        new Dictionary<string, IReadOnlyList<string>>(StringComparer.OrdinalIgnoreCase);

    /// <summary>How many of the providers that are named for an instrument come before this one; where it is not named, all do.</summary>
    public int Place(Instrument instrument, string provider)
    {
        var exchange = Exchange.TryOf(instrument.Symbol, instrument.AssetClass, out var known) ? Named(known.Mic) : [];
        return exchange.Concat(Named(Name(instrument.AssetClass))).TakeWhile(name => !name.Equals(provider, StringComparison.OrdinalIgnoreCase)).Count();
    }

    // A list as configuration has them, or one text, which is handier on a command line.
    internal void Read(IConfigurationSection section)
    {
        foreach (var list in section.GetChildren())
        {
            Lists[list.Key] = list.Value is { } text
                ? text.Split(Separators, StringSplitOptions.RemoveEmptyEntries)
                : [.. list.GetChildren().Select(name => name.Value?.Trim()).OfType<string>().Where(name => name.Length > 0)];
        }
    }

    private IReadOnlyList<string> Named(string list) => Lists.TryGetValue(list, out var names) ? names : [];

    private static string Name(AssetClass assetClass) => assetClass == AssetClass.Fx ? Currency : assetClass.ToString();

    internal sealed class Validation(IEnumerable<ProviderRegistration> registrations) : IValidateOptions<ProviderOrder>
    {
        public ValidateOptionsResult Validate(string? name, ProviderOrder options)
        {
            var providers = registrations.Select(registration => registration.Name).ToList();
            List<string> failures =
            [
                .. options.Lists.Keys
                    .Where(list => !Classes.Contains(list, StringComparer.OrdinalIgnoreCase) && !Exchange.TryFind(list, out _))
                    .Select(list => $"{Section}:{list} must name an asset class ({string.Join(", ", Classes)}) or the MIC of a known exchange, such as XLON."),
                .. from list in options.Lists
                   from provider in list.Value
                   where !providers.Contains(provider, StringComparer.OrdinalIgnoreCase)
                   select $"{Section}:{list.Key} must list providers ({string.Join(", ", providers)}), and has '{provider}'.",
            ];
            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }
    }
}
