using MarketData.Domain.Calendars;
using NodaTime;
using NodaTime.Extensions;

namespace MarketData.Simulator.Market;

/// <summary>Where a listing trades: an exchange, with its calendar, clock and money, under the name that Yahoo gives it.</summary>
internal sealed class Venue
{
    private readonly DateTimeZone _zone;

    private Venue(string mic, string code, string name)
    {
        Exchange = Exchange.TryFind(mic, out var exchange) ? exchange : throw new ArgumentException($"The calendar of {mic} is not known.", nameof(mic));
        _zone = DateTimeZoneProviders.Tzdb[Exchange.Zone];
        Code = code;
        Name = name;
    }

    public static Venue Nasdaq { get; } = new("XNYS", "NMS", "NasdaqGS");

    public static Venue NasdaqGlobal { get; } = new("XNYS", "NGM", "NasdaqGM");

    public static Venue NewYork { get; } = new("XNYS", "NYQ", "NYSE");

    public static Venue Arca { get; } = new("XNYS", "PCX", "NYSEArca");

    public static Venue StandardAndPoors { get; } = new("XNYS", "SNP", "SNP");

    public static Venue London { get; } = new("XLON", "LSE", "LSE");

    public static Venue Tokyo { get; } = new("XTKS", "JPX", "Tokyo");

    /// <summary>Where Yahoo places the Nikkei; its hours are Tokyo's.</summary>
    public static Venue Osaka { get; } = new("XTKS", "OSA", "Osaka");

    public static Venue HongKong { get; } = new("XHKG", "HKG", "HKSE");

    public static Venue Currencies { get; } = new(Exchange.CurrencyMarket, "CCY", "CCY");

    public static Venue Coins { get; } = new(Exchange.AroundTheClock, "CCC", "CCC");

    /// <summary>The exchange.</summary>
    public Exchange Exchange { get; }

    /// <summary>Yahoo's code of it: <c>LSE</c>.</summary>
    public string Code { get; }

    /// <summary>Yahoo's name of it.</summary>
    public string Name { get; }

    /// <summary>Whether it is in the United States.</summary>
    public bool IsUnitedStates => Exchange.Mic == "XNYS";

    /// <summary>The date there at an instant, Unix milliseconds.</summary>
    public DateOnly DateAt(long time) => Instant.FromUnixTimeMilliseconds(time).InZone(_zone).Date.ToDateOnly();

    /// <summary>The instant at which a date begins there, Unix milliseconds.</summary>
    public long Midnight(DateOnly date) => _zone.AtStartOfDay(date.ToLocalDate()).ToInstant().ToUnixTimeMilliseconds();

    /// <summary>What the clock there is called at an instant (<c>BST</c>), and by how many seconds it is before UTC's.</summary>
    public (string Name, int Offset) ClockAt(long time)
    {
        var interval = _zone.GetZoneInterval(Instant.FromUnixTimeMilliseconds(time));
        return (interval.Name, interval.WallOffset.Seconds);
    }
}
