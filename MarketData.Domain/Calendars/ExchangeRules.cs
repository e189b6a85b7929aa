using System.Globalization;
using System.Resources;
using NodaTime;

namespace MarketData.Domain.Calendars;

/// <summary>
/// What is known of an exchange's days and hours, read from its text in the folder Rules, whose lines are:
/// <code>
/// include XBOM                          the lines of another exchange
/// name London                           what people call it
/// zone Europe/London                    the time zone of the hours
/// money GBP GBp                         currency, and price unit where it is another
/// known 1990-01-01 2026-12-31           the days between which every holiday is known
/// hours 08:00-16:30                     the regular hours, from a date on where one follows; "," parts them at a break,
///                                       and "&lt;" after a time means the day before
/// closed 12-25 next 1970..              a holiday that comes every year, how it is made up for, and the years
/// closed 2002: 06-03 06-04              closures of one year
/// open 2020: 02-01                      sessions on what would be a weekend or a holiday
/// session 12-24 previous 08:00-12:30    sessions with other hours, which come every year, and of one year
/// session 2020: 11-14 18:15-19:15
/// </code>
/// </summary>
internal sealed class ExchangeRules
{
    private static readonly ResourceManager Texts = new("Rules", typeof(ExchangeRules).Assembly);

    private readonly List<(DateOnly From, TradingHours Hours)> _regular = [];
    private readonly List<HolidayRule> _holidays = [];
    private readonly List<(HolidayRule Day, TradingHours Hours)> _irregular = [];
    private readonly HashSet<DateOnly> _closures = [];
    private readonly HashSet<DateOnly> _extra = [];
    private readonly Dictionary<DateOnly, TradingHours> _single = [];
    private DateTimeZone _zone = DateTimeZone.Utc;

    private ExchangeRules()
    {
    }

    public string Name { get; private set; } = "";

    public string Zone => _zone.Id;

    public string Currency { get; private set; } = "";

    public string PriceUnit { get; private set; } = "";

    public DateOnly KnownFrom { get; private set; }

    public DateOnly KnownThrough { get; private set; }

    /// <summary>Reads the rules of an exchange.</summary>
    /// <exception cref="ArgumentException">There are none of it.</exception>
    /// <exception cref="FormatException">A line can't be read.</exception>
    public static ExchangeRules Load(string mic)
    {
        var rules = new ExchangeRules();
        rules.Read(mic);
        return rules;
    }

    /// <summary>The sessions of a year, in order.</summary>
    public Session[] Sessions(int year)
    {
        var holidays = new HashSet<DateOnly>();
        var hours = new Dictionary<DateOnly, TradingHours>();
        // Days may be made up for in the year beside their own.
        for (var near = year - 1; near <= year + 1; near++)
        {
            foreach (var rule in _holidays)
            {
                if (rule.KeptIn(near, holidays) is { } day)
                    holidays.Add(day);
            }

            foreach (var (rule, irregular) in _irregular)
            {
                if (rule.KeptIn(near, holidays) is { } day)
                    hours[day] = irregular;
            }
        }

        var sessions = new List<Session>(capacity: 262);
        for (var date = new DateOnly(year, 1, 1); date.Year == year; date = date.AddDays(1))
        {
            var isExtra = _extra.Contains(date) || _single.ContainsKey(date);
            var isWeekend = date.DayOfWeek is DayOfWeek.Saturday or DayOfWeek.Sunday;
            if (!isExtra && (isWeekend || holidays.Contains(date) || _closures.Contains(date)))
                continue;
            var regular = RegularHours(date);
            var actual = _single.TryGetValue(date, out var single) ? single : hours.GetValueOrDefault(date, regular);
            var session = actual.On(date, _zone, regular);
            sessions.Add(session with { IsHalfDay = actual != regular && session.Close < regular.On(date, _zone, regular).Close });
        }

        return [.. sessions];
    }

    private TradingHours RegularHours(DateOnly date) => _regular.FindLast(entry => entry.From <= date).Hours;

    private void Read(string mic)
    {
        var text = Texts.GetString(mic, CultureInfo.InvariantCulture)
            ?? throw new ArgumentException($"There are no rules of {mic}.", nameof(mic));
        foreach (var line in text.Split('\n'))
        {
            if (line.Split('#')[0].Split([' ', '\r'], StringSplitOptions.RemoveEmptyEntries) is [var verb, .. var words])
                Add(mic, verb, words);
        }
    }

    private void Add(string mic, string verb, string[] words)
    {
        switch (verb)
        {
            case "include":
                Read(words[0]);
                break;
            case "name":
                Name = string.Join(' ', words);
                break;
            case "zone":
                _zone = DateTimeZoneProviders.Tzdb[words[0]];
                break;
            case "money":
                (Currency, PriceUnit) = (words[0], words[^1]);
                break;
            case "known":
                (KnownFrom, KnownThrough) = (Date(words[0]), Date(words[1]));
                break;
            case "hours":
                _regular.Add((words.Length > 1 ? Date(words[1]) : DateOnly.MinValue, TradingHours.Read(words[0])));
                break;
            case "closed" when words[0].EndsWith(':'):
                _closures.UnionWith(DaysOf(words));
                break;
            case "closed":
                _holidays.Add(Rule(words));
                break;
            case "open":
                _extra.UnionWith(DaysOf(words));
                break;
            case "session" when words[0].EndsWith(':'):
                foreach (var day in DaysOf(words[..^1]))
                    _single.Add(day, TradingHours.Read(words[^1]));
                break;
            case "session":
                _irregular.Add((Rule(words[..^1]), TradingHours.Read(words[^1])));
                break;
            default:
                throw new FormatException($"The rules of {mic} have a line '{verb}'.");
        }
    }

    // 2002: 06-03 12-24..12-31
    private static IEnumerable<DateOnly> DaysOf(string[] words)
    {
        foreach (var word in words[1..])
        {
            var ends = word.Split("..");
            var last = Date(words[0][..^1] + "-" + ends[^1]);
            for (var day = Date(words[0][..^1] + "-" + ends[0]); day <= last; day = day.AddDays(1))
                yield return day;
        }
    }

    private static HolidayRule Rule(string[] words)
    {
        var rule = new HolidayRule(HolidayRule.ReadDay(words[0]), Observance.None, (int.MinValue, int.MaxValue), Weekdays: 0x7f);
        foreach (var word in words[1..])
        {
            if (word.Split("..") is [var first, var last])
                rule = rule with { Years = (first.Length > 0 ? Year(first) : int.MinValue, last.Length > 0 ? Year(last) : int.MaxValue) };
            else if (word.StartsWith("on:", StringComparison.Ordinal))
                rule = rule with { Weekdays = word[3..].Split(',').Sum(day => 1 << (int)Enum.Parse<DayOfWeek>(day, ignoreCase: true)) };
            else
                rule = rule with { Observance = Enum.Parse<Observance>(word.Replace("-", "", StringComparison.Ordinal), ignoreCase: true) };
        }

        return rule;
    }

    private static int Year(string text) => int.Parse(text, CultureInfo.InvariantCulture);

    private static DateOnly Date(string text) => DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}
