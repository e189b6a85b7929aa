using MarketData.Domain.Adjustments;
using MarketData.Domain.Calendars;
using MarketData.Domain.Candles;

namespace MarketData.Domain.Tests.Adjustments;

/// <summary>
/// Two providers contradict each other and themselves at random about fifty symbols: what is in effect is what truly happened wherever one of
/// them told it, or what the price did can tell.
/// </summary>
public sealed class ContradictionTests
{
    private const int Apart = 40;

    private static readonly ActionRules Rules = new(TradingCalendar.UsEquities, "USD");
    private static readonly DateOnly[] Sessions =
    [
        .. TradingCalendar.UsEquities
            .Expected(new DateTime(2015, 1, 1, 0, 0, 0, DateTimeKind.Utc), new DateTime(2023, 1, 1, 0, 0, 0, DateTimeKind.Utc), BarInterval.OneDay)
            .Select(DateOnly.FromDateTime),
    ];

    private static readonly (double From, double To)[] Ratios = [(1, 2), (1, 4), (2, 3), (1, 20), (20, 1), (15, 1), (3, 1), (1, 10)];

    [Fact]
    public void What_truly_happened_is_in_effect_whatever_two_providers_make_of_it()
    {
        for (var seed = 0; seed < 50; seed++)
        {
            var random = new Random(seed);
            var splits = new List<(int Session, double From, double To)>();
            var dividends = new List<(int Session, double Amount)>();
            for (var session = Apart; session < Sessions.Length - Apart; session += Apart + random.Next(Apart))
            {
                if (random.Next(3) == 0)
                {
                    var (from, to) = Ratios[random.Next(Ratios.Length)];
                    splits.Add((session, from, to));
                }
                else
                    dividends.Add((session, Math.Round(0.1 + random.NextDouble(), 4)));
            }

            var reports = new List<ActionReport>();
            foreach (var (session, from, to) in splits)
                Tell(random, reports, (provider, shift, wrong) => new(0, provider, Sessions[session + shift], wrong ? to * 7 : from, to, null, null, null, null), moves: 4);
            foreach (var (session, amount) in dividends)
                Tell(random, reports, (provider, shift, _) => new(0, provider, Sessions[session + shift], null, null, amount, "USD", null, null), moves: 0);
            var shuffled = reports.Select((report, i) => report with { Id = i + 1 }).OrderBy(_ => random.Next()).ToList();

            var result = Rules.Derive(shuffled, Days(random, splits));

            result.Splits.Select(one => (one.Split.ExDate, one.Split.From, one.Split.To))
                .ShouldBe(splits.Select(split => (Sessions[split.Session], split.From, split.To)), $"splits of symbol {seed}");
            result.Dividends.Select(one => (one.Dividend.ExDate, one.Dividend.Amount))
                .ShouldBe(dividends.Select(paid => (Sessions[paid.Session], paid.Amount)), $"dividends of symbol {seed}");
            result.Verdicts.Count.ShouldBe(shuffled.Count);
        }
    }

    // One provider tells it rightly, or a few sessions off where the price can tell; the other the same, twice, elsewhere, wrongly or not at all.
    private static void Tell(Random random, List<ActionReport> reports, Func<string, int, bool, ActionReport> report, int moves)
    {
        string[] providers = random.Next(2) == 0 ? ["polygon", "yahoo"] : ["yahoo", "polygon"];
        // Of a dividend the price tells nothing: there the first choice's day counts, which is the right one.
        var (honest, other) = moves == 0 ? ("polygon", "yahoo") : (providers[0], providers[1]);
        reports.Add(report(honest, random.Next(-moves, moves + 1), false));
        switch (random.Next(5))
        {
            case 0:
                reports.Add(report(other, 0, false));
                break;
            case 1:
                reports.Add(report(other, random.Next(-2, 3), false));
                reports.Add(report(other, random.Next(-2, 3), false));
                break;
            case 2:
                reports.Add(report(other, random.Next(-4, 5), moves > 0));
                break;
            case 3:
                reports.Add(report(honest, 1, false));
                break;
        }
    }

    private static List<(DateOnly Date, double Open, double Close)> Days(Random random, List<(int Session, double From, double To)> splits)
    {
        var (days, price) = (new List<(DateOnly, double, double)>(), 100.0);
        for (var session = 0; session < Sessions.Length; session++)
        {
            foreach (var split in splits.Where(split => split.Session == session))
                price *= split.From / split.To;
            var open = price * Math.Exp(0.006 * (random.NextDouble() - 0.5));
            price = open * Math.Exp(0.02 * (random.NextDouble() - 0.5));
            days.Add((Sessions[session], open, price));
        }

        return days;
    }
}
