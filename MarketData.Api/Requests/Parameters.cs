using System.Globalization;
using System.Text.Json.Nodes;
using MarketData.Domain.Candles;

namespace MarketData.Api.Requests;

/// <summary>Makes parameters of the kinds that this API takes.</summary>
public static class Parameters
{
    private static readonly string[] TimeframeNames = [.. BarIntervals.All.Select(interval => interval.Name())];
    private static readonly string[] InstantFormats =
    [
        "yyyy-MM-dd", "yyyy-MM-ddTHH:mmK", "yyyy-MM-ddTHH:mm:ssK", "yyyy-MM-ddTHH:mm:ss.FFFFFFFK", "yyyy-MM-dd HH:mm:ssK",
    ];

    /// <summary>The symbol in the path.</summary>
    public static RequestParameter<Symbol> RouteSymbol { get; } = new(ReadSymbol, default)
    {
        Name = "symbol",
        Location = ParameterLocation.Route,
        Description = "The symbol, in any case.",
        Schema = SymbolSchema(),
        Requirement = SymbolRequirement,
    };

    /// <summary>Symbols in the query string; the parameter may be repeated.</summary>
    public static RequestParameter<IReadOnlyList<Symbol>> ManySymbols { get; } = new(ReadSymbols, [])
    {
        Name = "symbols",
        Location = ParameterLocation.Query,
        Description = "A symbol; repeat it for more.",
        Schema = new() { ["type"] = "array", ["items"] = SymbolSchema() },
        Requirement = SymbolRequirement,
        Repeatable = true,
    };

    /// <summary>Intervals in the query string; the parameter may be repeated.</summary>
    public static RequestParameter<IReadOnlyList<BarInterval>> ManyTimeframes { get; } = new(ReadTimeframes, [])
    {
        Name = "timeframes",
        Location = ParameterLocation.Query,
        Description = "An interval; repeat it for more.",
        Schema = new() { ["type"] = "array", ["items"] = new JsonObject { ["type"] = "string", ["enum"] = Names(TimeframeNames) } },
        Requirement = TimeframeRequirement,
        Repeatable = true,
    };

    /// <summary>An optional asset class.</summary>
    public static RequestParameter<AssetClass?> OptionalAssetClass { get; } = new(ReadAssetClass, null)
    {
        Name = "asset_class",
        Location = ParameterLocation.Query,
        Description = "Only symbols of this class.",
        Schema = new() { ["type"] = "string", ["enum"] = Names(["stock", "etf", "crypto"]) },
        Requirement = "must be one of stock, etf, crypto.",
    };

    /// <summary>Where a page begins, as the page before it said in <c>next_cursor</c>.</summary>
    public static RequestParameter<string?> PageCursor { get; } =
        Text("cursor", "Where the page begins: the `next_cursor` of the page before.", maxLength: 200);

    internal static string SymbolRequirement => "must be 1 to 20 of the characters A–Z, 0–9, '.', '-', '^' and '='.";

    internal static string TimeframeRequirement => "must be one of 5m, 15m, 30m, 1h, 4h, 1d, 1w.";

    /// <summary>An interval in the query string.</summary>
    public static RequestParameter<BarInterval?> Timeframe(string description, BarInterval? absent)
    {
        var schema = new JsonObject { ["type"] = "string", ["enum"] = Names(TimeframeNames) };
        if (absent is { } value)
        {
            schema["default"] = value.Name();
        }

        return new(ReadTimeframe, absent)
        {
            Name = "timeframe",
            Location = ParameterLocation.Query,
            Description = description,
            Schema = schema,
            Requirement = TimeframeRequirement,
        };
    }

    /// <summary>A whole number within bounds.</summary>
    public static RequestParameter<int?> Integer(string name, string description, int minimum, int maximum, int? absent = null)
    {
        bool Read(IReadOnlyList<string> texts, out int? value)
        {
            var read = int.TryParse(texts[0], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                && number >= minimum && number <= maximum;
            value = number;
            return read;
        }

        var schema = new JsonObject { ["type"] = "integer", ["minimum"] = minimum, ["maximum"] = maximum };
        if (absent is { } number)
        {
            schema["default"] = number;
        }

        return new(Read, absent)
        {
            Name = name,
            Location = ParameterLocation.Query,
            Description = description,
            Schema = schema,
            Requirement = string.Create(CultureInfo.InvariantCulture, $"must be a whole number from {minimum} to {maximum}."),
        };
    }

    /// <summary>A number within bounds.</summary>
    public static RequestParameter<double?> Number(string name, string description, double minimum, double maximum)
    {
        bool Read(IReadOnlyList<string> texts, out double? value)
        {
            var read = double.TryParse(texts[0], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && number >= minimum && number <= maximum;
            value = number;
            return read;
        }

        return new(Read, null)
        {
            Name = name,
            Location = ParameterLocation.Query,
            Description = description,
            Schema = new() { ["type"] = "number", ["minimum"] = minimum, ["maximum"] = maximum },
            Requirement = string.Create(CultureInfo.InvariantCulture, $"must be a number from {minimum} to {maximum}."),
        };
    }

    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static RequestParameter<bool?> Flag(string name, string description, bool? absent = null)
    {
        static bool Read(IReadOnlyList<string> texts, out bool? value)
        {
            var read = bool.TryParse(texts[0], out var flag);
            value = flag;
            return read;
        }

        var schema = new JsonObject { ["type"] = "boolean" };
        if (absent is { } flag)
        {
            schema["default"] = flag;
        }

        return new(Read, absent)
        {
            Name = name,
            Location = ParameterLocation.Query,
            Description = description,
            Schema = schema,
            Requirement = "must be true or false.",
        };
    }

    /// <summary>An instant: ISO 8601, UTC unless it names another offset; a date alone is its midnight.</summary>
    public static RequestParameter<DateTime?> Instant(string name, string description) => new(ReadInstant, null)
    {
        Name = name,
        Location = ParameterLocation.Query,
        Description = description + " ISO 8601; UTC unless it names an offset; a date alone is its midnight.",
        Schema = new() { ["type"] = "string", ["examples"] = new JsonArray("2024-01-02T00:00:00Z", "2024-01-02") },
        Requirement = "must be a date or a time in ISO 8601, such as 2024-01-02 or 2024-01-02T14:30:00Z, from the years 1900 to 2200.",
    };

    /// <summary>One of a few words.</summary>
    public static RequestParameter<string?> OneOf(string name, string description, IReadOnlyList<string> words, string? absent = null)
    {
        bool Read(IReadOnlyList<string> texts, out string? value)
        {
            value = words.FirstOrDefault(word => string.Equals(word, texts[0], StringComparison.OrdinalIgnoreCase));
            return value is not null;
        }

        var schema = new JsonObject { ["type"] = "string", ["enum"] = Names(words) };
        if (absent is not null)
        {
            schema["default"] = absent;
        }

        return new(Read, absent)
        {
            Name = name,
            Location = ParameterLocation.Query,
            Description = description,
            Schema = schema,
            Requirement = $"must be one of {string.Join(", ", words)}.",
        };
    }

    /// <summary>Free text up to a length, without control characters.</summary>
    public static RequestParameter<string?> Text(string name, string description, int maxLength)
    {
        bool Read(IReadOnlyList<string> texts, out string? value)
        {
            value = texts[0];
            return value.Length <= maxLength && !value.Any(char.IsControl) && IsWellFormed(value);
        }

        return new(Read, null)
        {
            Name = name,
            Location = ParameterLocation.Query,
            Description = description,
            Schema = new() { ["type"] = "string", ["maxLength"] = maxLength },
            Requirement = string.Create(CultureInfo.InvariantCulture, $"must be at most {maxLength} characters of text."),
        };
    }

    /// <summary>A name in a header that a caller gives its request: up to 200 visible ASCII characters.</summary>
    public static RequestParameter<string?> HeaderToken(string name, string description)
    {
        const int maxLength = 200;
        static bool Read(IReadOnlyList<string> texts, out string? value)
        {
            value = texts[0];
            return value.Length <= maxLength && value.All(c => c is > ' ' and <= '~');
        }

        return new(Read, null)
        {
            Name = name,
            Location = ParameterLocation.Header,
            Description = description,
            Schema = new() { ["type"] = "string", ["maxLength"] = maxLength, ["pattern"] = "^[!-~]*$" },
            Requirement = string.Create(CultureInfo.InvariantCulture, $"must be at most {maxLength} visible ASCII characters without spaces."),
        };
    }

    /// <summary>A stretch of time that ends now: a number of hours or days, such as <c>24h</c> or <c>7d</c>.</summary>
    public static RequestParameter<Window> Window(string absent) => new(Requests.Window.TryRead, Requests.Window.Parse(absent))
    {
        Name = "window",
        Location = ParameterLocation.Query,
        Description = "The stretch of time up to now: hours or days, from 1h to 90d.",
        Schema = new() { ["type"] = "string", ["pattern"] = "^[0-9]{1,4}[hd]$", ["default"] = absent },
        Requirement = "must be a number of hours or days from 1h to 90d, such as 24h or 7d.",
    };

    /// <summary>A run's id in the path.</summary>
    public static RequestParameter<Guid> RouteId(string name, string description) => new(ReadGuid, default)
    {
        Name = name,
        Location = ParameterLocation.Route,
        Description = description,
        Schema = new() { ["type"] = "string", ["format"] = "uuid" },
        Requirement = "must be a UUID.",
    };

    /// <summary>A run's id in the query string.</summary>
    public static RequestParameter<Guid?> Id(string name, string description) => new(ReadOptionalGuid, null)
    {
        Name = name,
        Location = ParameterLocation.Query,
        Description = description,
        Schema = new() { ["type"] = "string", ["format"] = "uuid" },
        Requirement = "must be a UUID.",
    };

    /// <summary>A row's number in the path.</summary>
    public static RequestParameter<long> RouteNumber(string name, string description) => new(ReadNumber, 0)
    {
        Name = name,
        Location = ParameterLocation.Route,
        Description = description,
        Schema = new() { ["type"] = "integer", ["format"] = "int64", ["minimum"] = 1 },
        Requirement = "must be a whole number from 1.",
    };

    private static JsonObject SymbolSchema() => new()
    {
        ["type"] = "string",
        ["minLength"] = 1,
        ["maxLength"] = Symbol.MaxLength,
        ["pattern"] = "^[A-Za-z0-9.^=-]{1,20}$",
        ["examples"] = new JsonArray("AAPL", "BTC-USD"),
    };

    private static JsonArray Names(IEnumerable<string> names) => [.. names.Select(name => JsonValue.Create(name))];

    /// <summary>Whether every surrogate has its other half: what has not can't be stored or sent as UTF-8.</summary>
    internal static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }

    private static bool ReadSymbol(IReadOnlyList<string> texts, out Symbol value) => Symbol.TryParse(texts[0], out value);

    private static bool ReadSymbols(IReadOnlyList<string> texts, out IReadOnlyList<Symbol> value)
    {
        var symbols = new List<Symbol>(texts.Count);
        value = symbols;
        foreach (var text in texts)
        {
            if (!Symbol.TryParse(text, out var symbol))
            {
                return false;
            }

            symbols.Add(symbol);
        }

        return true;
    }

    private static bool ReadTimeframes(IReadOnlyList<string> texts, out IReadOnlyList<BarInterval> value)
    {
        var intervals = new List<BarInterval>(texts.Count);
        value = intervals;
        foreach (var text in texts)
        {
            if (!BarIntervals.TryParse(text, out var interval))
            {
                return false;
            }

            intervals.Add(interval);
        }

        return true;
    }

    private static bool ReadTimeframe(IReadOnlyList<string> texts, out BarInterval? value)
    {
        var read = BarIntervals.TryParse(texts[0], out var interval);
        value = interval;
        return read;
    }

    private static bool ReadAssetClass(IReadOnlyList<string> texts, out AssetClass? value)
    {
        var read = AssetClassNames.TryParse(texts[0], out var assetClass);
        value = assetClass;
        return read;
    }

    private static bool ReadInstant(IReadOnlyList<string> texts, out DateTime? value)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        var read = DateTime.TryParseExact(texts[0], InstantFormats, CultureInfo.InvariantCulture, Utc, out var instant)
            && instant.Year is >= 1900 and <= 2200;
        value = instant;
        return read;
    }

    private static bool ReadGuid(IReadOnlyList<string> texts, out Guid value) => Guid.TryParseExact(texts[0], "D", out value);

    private static bool ReadOptionalGuid(IReadOnlyList<string> texts, out Guid? value)
    {
        var read = Guid.TryParseExact(texts[0], "D", out var id);
        value = id;
        return read;
    }

    private static bool ReadNumber(IReadOnlyList<string> texts, out long value) =>
        long.TryParse(texts[0], NumberStyles.None, CultureInfo.InvariantCulture, out value) && value > 0;
}
