using System.Globalization;

namespace MarketData.Web.Presentation;

/// <summary>Numbers as people read them: grouped, with their unit, an en dash where a value is missing.</summary>
public static class Format
{
    /// <summary>What stands for a value that is not known.</summary>
    public const string Missing = "–";

    private const string ThinSpace = " ";
    private static readonly CultureInfo Culture = CultureInfo.InvariantCulture;
    private static readonly string[] ByteUnits = ["B", "KB", "MB", "GB", "TB"];

    /// <summary>A whole number with its thousands grouped: <c>12,345</c>.</summary>
    public static string Count(long? value) => value?.ToString("N0", Culture) ?? Missing;

    /// <summary>A count with its noun in the right number: <c>1 symbol</c>, <c>12 symbols</c>.</summary>
    public static string Count(long value, string singular, string? plural = null) =>
        $"{Count(value)} {(value == 1 ? singular : plural ?? singular + "s")}";

    /// <summary>A large number in few characters: <c>950</c>, <c>12.3K</c>, <c>4.56M</c>.</summary>
    public static string Compact(double? value) => value switch
    {
        null or double.NaN => Missing,
        { } v when Math.Abs(v) >= 999_950_000 => (v / 1e9).ToString("0.##", Culture) + "B",
        { } v when Math.Abs(v) >= 999_950 => (v / 1e6).ToString("0.##", Culture) + "M",
        { } v when Math.Abs(v) >= 9_999.5 => (v / 1e3).ToString("0.#", Culture) + "K",
        { } v => v.ToString("#,0.##", Culture),
    };

    /// <summary>
    /// A rate from 0 to 1 as a percentage. It says 100 % only when nothing is missing and 0 % only when there is nothing.
    /// </summary>
    public static string Percent(double? rate)
    {
        if (rate is not { } value || double.IsNaN(value))
            return Missing;
        var rounded = Math.Round(value * 100, 1);
        if (rounded >= 100 && value < 1)
            rounded = 99.9;
        if (rounded <= 0 && value > 0)
            rounded = 0.1;
        return rounded.ToString(rounded is 0 or 100 ? "0" : "0.0", Culture) + ThinSpace + "%";
    }

    /// <summary>A quality score, 0 to 1, cut (not rounded up) to three digits: 0.9999 is not 1.000.</summary>
    public static string Score(double? score) => score is { } value && !double.IsNaN(value)
        ? (Math.Floor(value * 1000 + 1e-9) / 1000).ToString("0.000", Culture)
        : Missing;

    /// <summary>A span of milliseconds in the unit that suits it: <c>850 µs</c>, <c>45 ms</c>, <c>1.24 s</c>, <c>3 min 05 s</c>.</summary>
    public static string Milliseconds(double? value) => value switch
    {
        null or double.NaN => Missing,
        0 => "0 ms",
        < 1 => (value.Value * 1000).ToString("0", Culture) + " µs",
        < 1000 => value.Value.ToString(value < 10 ? "0.0" : "0", Culture) + " ms",
        < 60_000 => (value.Value / 1000).ToString("0.00", Culture) + " s",
        _ => Duration(TimeSpan.FromMilliseconds(value.Value)),
    };

    /// <summary>
    /// A span in its two largest units: <c>450 ms</c>, <c>45 s</c>, <c>3 min 05 s</c>, <c>2 h 10 min</c>, <c>4 d 03 h</c>.
    /// </summary>
    public static string Duration(TimeSpan? span) => span switch
    {
        null => Missing,
        { } s when s < TimeSpan.Zero => Duration(TimeSpan.Zero),
        { TotalSeconds: < 1 } s => Milliseconds(s.TotalMilliseconds),
        { TotalSeconds: < 60 } s => string.Create(Culture, $"{Math.Floor(s.TotalSeconds)} s"),
        { TotalMinutes: < 60 } s => string.Create(Culture, $"{s.Minutes} min {s.Seconds:00} s"),
        { TotalHours: < 24 } s => string.Create(Culture, $"{s.Hours} h {s.Minutes:00} min"),
        { } s => string.Create(Culture, $"{s.Days} d {s.Hours:00} h"),
    };

    /// <summary>An age in its largest unit: <c>40 s</c>, <c>12 min</c>, <c>5 h</c>, <c>3 d</c>.</summary>
    public static string Age(double? seconds) => seconds switch
    {
        null or double.NaN => Missing,
        < 60 => string.Create(Culture, $"{Math.Max(0, Math.Floor(seconds.Value))} s"),
        < 3600 => string.Create(Culture, $"{Math.Floor(seconds.Value / 60)} min"),
        < 172_800 => string.Create(Culture, $"{Math.Floor(seconds.Value / 3600)} h"),
        _ => string.Create(Culture, $"{Math.Floor(seconds.Value / 86_400)} d"),
    };

    /// <summary>A day without its year when that is today's: <c>25 Nov</c>, <c>25 Nov 2024</c>.</summary>
    public static string Day(DateOnly? day, DateOnly today) => day switch
    {
        null => Missing,
        { } d => d.ToString(d.Year == today.Year ? "d MMM" : "d MMM yyyy", Culture),
    };

    /// <summary>How many sessions have closed whose candles are not stored: <c>up to date</c>, <c>1 session</c>, <c>3 sessions</c>.</summary>
    public static string SessionsBehind(int? sessions) => sessions switch
    {
        null => Missing,
        0 => "up to date",
        { } count => Count(count, "session"),
    };

    /// <summary>A stretch of time as a noun: <c>minute</c>, <c>5 minutes</c>, <c>hour</c>, <c>day</c>.</summary>
    public static string Bucket(int seconds) => seconds switch
    {
        >= 86_400 when seconds % 86_400 == 0 => Stretch(seconds / 86_400, "day"),
        >= 3600 when seconds % 3600 == 0 => Stretch(seconds / 3600, "hour"),
        >= 60 when seconds % 60 == 0 => Stretch(seconds / 60, "minute"),
        _ => Stretch(seconds, "second"),
    };

    private static string Stretch(int count, string unit) => count == 1 ? unit : $"{count} {unit}s";

    /// <summary>A size in bytes with a decimal unit: <c>1.4 GB</c>.</summary>
    public static string Bytes(long? bytes)
    {
        if (bytes is not { } size)
            return Missing;
        double value = size;
        var unit = 0;
        while (value >= 1000 && unit < ByteUnits.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return value.ToString(unit == 0 || value >= 100 ? "0" : "0.0", Culture) + " " + ByteUnits[unit];
    }

    /// <summary>A rate per minute: <c>42.0/min</c>.</summary>
    public static string PerMinute(double? perMinute) =>
        perMinute is { } value && double.IsFinite(value) ? value.ToString(value < 10 ? "0.0" : "#,0", Culture) + "/min" : Missing;

    /// <summary>A price with as many digits as its size asks for, at least two decimals.</summary>
    public static string Price(double? price) => price switch
    {
        null or double.NaN => Missing,
        { } p when Math.Abs(p) >= 1 => p.ToString("#,0.00##", Culture),
        { } p => p.ToString("0.00######", Culture),
    };

    /// <summary>How far a value lies from the one before it, with its sign: <c>+1.25 %</c>, <c>−0.0043 %</c>.</summary>
    public static string Change(double? before, double? after)
    {
        if (before is not { } from || after is not { } to || from == 0 || !double.IsFinite(to / from))
            return Missing;
        var percent = (to / from - 1) * 100;
        var sign = percent < 0 ? "−" : percent > 0 ? "+" : "";
        return $"{sign}{Math.Abs(percent).ToString(Math.Abs(percent) < 0.1 ? "0.00##" : "#,0.00", Culture)}{ThinSpace}%";
    }

    /// <summary>An instant in UTC, to the second: <c>2026-11-24 01:30:00 UTC</c>.</summary>
    public static string Utc(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", Culture);

    /// <summary>A calendar day: <c>2026-11-24</c>.</summary>
    public static string Day(DateTimeOffset instant) => instant.UtcDateTime.ToString("yyyy-MM-dd", Culture);

    /// <inheritdoc cref="Day(DateTimeOffset)"/>
    public static string Day(DateOnly date) => date.ToString("yyyy-MM-dd", Culture);

    /// <summary>A factor to six digits: <c>0.25</c>.</summary>
    public static string Factor(double factor) => factor.ToString("0.######", Culture);

    /// <summary>The day for daily and weekly bars, the minute for shorter ones, in UTC.</summary>
    public static string BarTime(DateTimeOffset? instant, string timeframe) => instant switch
    {
        null => Missing,
        { } i when timeframe is "1d" or "1w" => Day(i),
        { } i => i.UtcDateTime.ToString("yyyy-MM-dd HH:mm", Culture),
    };
}
