using System.Collections.Frozen;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Calendars;

/// <summary>What a symbol tells of its exchange: Yahoo's suffixes, and the exchanges of well-known indices.</summary>
internal static class SymbolExchange
{
    private const string UnitedStates = "XNYS";

    // Yahoo's list of exchanges and suffixes, help.yahoo.com SLN2310.
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> MicsBySuffix = new Dictionary<string, string>
    {
        ["L"] = "XLON",
        ["DE"] = "XETR",
        ["PA"] = "XPAR",
        ["AS"] = "XAMS",
        ["BR"] = "XBRU",
        ["LS"] = "XLIS",
        ["SW"] = "XSWX",
        ["MI"] = "XMIL",
        ["MC"] = "XMAD",
        ["ST"] = "XSTO",
        ["CO"] = "XCSE",
        ["HE"] = "XHEL",
        ["OL"] = "XOSL",
        ["HK"] = "XHKG",
        ["T"] = "XTKS",
        ["TO"] = "XTSE",
        ["AX"] = "XASX",
        ["KS"] = "XKRX",
        ["SI"] = "XSES",
        ["TW"] = "XTAI",
        ["SS"] = "XSHG",
        ["SZ"] = "XSHG",
        ["BO"] = "XBOM",
        ["NS"] = "XNSE",
    }.ToFrozenDictionary().GetAlternateLookup<ReadOnlySpan<char>>();

    // Those of the same list whose calendars are not known. Suffixes of one letter are left out, and PR: they are share classes, too.
    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> ForeignPlaces = new (string Place, string[] Suffixes)[]
    {
        ("Argentina", ["BA"]), ("Austria", ["VI"]), ("Brazil", ["SA"]), ("Canada outside Toronto", ["CN", "NE"]), ("Chile", ["SN"]),
        ("Colombia", ["CL"]), ("Egypt", ["CA"]), ("Estonia", ["TL"]), ("Germany outside Xetra", ["BE", "BM", "DU", "HM", "HA", "MU", "SG"]),
        ("Greece", ["AT"]), ("Hungary", ["BD"]), ("Iceland", ["IC"]), ("Indonesia", ["JK"]), ("Ireland", ["IR"]), ("Israel", ["TA"]),
        ("Italy outside Milan", ["TI"]), ("Korea's KOSDAQ", ["KQ"]), ("Kuwait", ["KW"]), ("Latvia", ["RG"]), ("Lithuania", ["VS"]),
        ("London's international order book", ["IL"]), ("Malaysia", ["KL"]), ("Mexico", ["MX"]), ("New Zealand", ["NZ"]),
        ("the Philippines", ["PS"]), ("Poland", ["WA"]), ("Qatar", ["QA"]), ("Romania", ["RO"]), ("Saudi Arabia", ["SR"]), ("South Africa", ["JO"]),
        ("Taiwan's OTC market", ["TWO"]), ("Thailand", ["BK"]), ("Turkey", ["IS"]), ("the United Arab Emirates", ["AE"]), ("Venezuela", ["CR"]),
        ("Vietnam", ["VN"]),
    }.SelectMany(row => row.Suffixes, (row, suffix) => KeyValuePair.Create(suffix, row.Place)).ToFrozenDictionary().GetAlternateLookup<ReadOnlySpan<char>>();

    private static readonly FrozenDictionary<string, string> MicsByIndex = new (string Mic, string[] Indices)[]
    {
        ("XNYS", ["GSPC", "SPX", "OEX", "MID", "SP600", "SP400", "DJI", "DJT", "DJU", "DJA", "IXIC", "NDX", "NDXE"]),
        ("XNYS", ["RUT", "RUI", "RUA", "NYA", "XAX", "W5000", "VIX", "VXN", "VXD", "VVIX", "SKEW", "SOX", "XAU", "HUI", "BKX", "TNX", "TYX", "FVX", "IRX"]),
        ("XLON", ["FTSE", "FTMC", "FTLC", "FTAS"]),
        ("XETR", ["GDAXI", "MDAXI", "SDAXI", "TECDAX", "STOXX50E", "STOXX"]),
        ("XPAR", ["FCHI", "SBF120", "N100", "N150"]),
        ("XAMS", ["AEX", "AMX"]),
        ("XBRU", ["BFX"]),
        ("XSWX", ["SSMI"]),
        ("XMAD", ["IBEX"]),
        ("XSTO", ["OMX", "OMXSPI"]),
        ("XCSE", ["OMXC20", "OMXC25"]),
        ("XHEL", ["OMXH25"]),
        ("XOSL", ["OSEAX", "OBX"]),
        ("XHKG", ["HSI", "HSCE", "HSCC", "HSTECH"]),
        ("XTKS", ["N225", "TOPX"]),
        ("XTSE", ["GSPTSE"]),
        ("XASX", ["AXJO", "AORD"]),
        ("XKRX", ["KS11", "KQ11", "KS200"]),
        ("XSES", ["STI"]),
        ("XTAI", ["TWII"]),
        ("XBOM", ["BSESN"]),
        ("XNSE", ["NSEI", "NSEBANK", "CNXIT", "INDIAVIX"]),
    }.SelectMany(row => row.Indices, (row, index) => KeyValuePair.Create(index, row.Mic)).ToFrozenDictionary();

    private static readonly FrozenDictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> MicsByIndexName =
        MicsByIndex.GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>The code of the exchange that a symbol names; null for an index that is not listed here.</summary>
    public static string? MicOf(Symbol symbol, AssetClass assetClass)
    {
        var name = symbol.Value.AsSpan();
        if (assetClass == AssetClass.Crypto)
            return Exchange.AroundTheClock;
        if (assetClass == AssetClass.Fx || name.EndsWith("=X", StringComparison.Ordinal))
            return Exchange.CurrencyMarket;
        if (name is ['^', .. var index] && MicsByIndexName.TryGetValue(index, out var indexMic))
            return indexMic;
        var dot = name.LastIndexOf('.');
        if (dot >= 0 && MicsBySuffix.TryGetValue(name[(dot + 1)..], out var mic))
            return mic;
        return name is ['^', ..] ? null : UnitedStates;
    }

    /// <summary>The place that a symbol's suffix names and whose calendar is not known; null where there is none.</summary>
    public static string? ForeignPlaceOf(Symbol symbol)
    {
        var name = symbol.Value.AsSpan();
        var dot = name.LastIndexOf('.');
        return dot >= 0 && ForeignPlaces.TryGetValue(name[(dot + 1)..], out var place) ? place : null;
    }

    /// <summary>The indices whose exchange is known, such as <c>^HSI</c>.</summary>
    public static IEnumerable<string> Indices => MicsByIndex.Keys.Select(index => "^" + index);
}
