using System.Collections.Concurrent;

namespace MarketData.Simulator.Requests;

/// <summary>Enforces how many requests a provider allows in any 60 seconds, where there is such a limit.</summary>
internal sealed class Quotas(TimeProvider time, SimulatorOptions options)
{
    /// <summary>What Binance allows in truth: 6,000 of weight a minute, two a call.</summary>
    private const int BinanceLimit = 3000;

    /// <summary>What Coinbase allows in truth: ten requests a second.</summary>
    private const int CoinbaseLimit = 600;

    /// <summary>What Alpaca's free plan allows.</summary>
    private const int AlpacaLimit = 200;

    /// <summary>Refusals within the window after which Binance bans.</summary>
    private const int RefusalsBeforeBan = 10;

    private static readonly TimeSpan Window = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Ban = TimeSpan.FromMinutes(2);

    private readonly ConcurrentDictionary<Provider, Ledger> _ledgers = new();

    /// <summary>The limit in force; null for none.</summary>
    public int? Limit(Provider provider) => LedgerOf(provider).Limit;

    /// <summary>Sets the limit, or lifts it with null.</summary>
    public void SetLimit(Provider provider, int? limit)
    {
        var ledger = LedgerOf(provider);
        lock (ledger)
        {
            ledger.Limit = limit;
            ledger.BannedUntil = default;
            ledger.Refused.Clear();
        }
    }

    /// <summary>Counts a request and judges it.</summary>
    public QuotaVerdict Judge(Provider provider)
    {
        var now = time.GetUtcNow();
        var ledger = LedgerOf(provider);
        lock (ledger)
        {
            var used = ledger.CountInMinute(now);
            Forget(ledger.Accepted, now);
            Forget(ledger.Refused, now);
            if (now < ledger.BannedUntil)
            {
                return new QuotaVerdict(StatusCodes.Status418ImATeapot, ledger.BannedUntil - now, used);
            }

            if (ledger.Limit is not { } limit || ledger.Accepted.Count < limit)
            {
                ledger.Accepted.Enqueue(now);
                return new QuotaVerdict(StatusCodes.Status200OK, ledger.Accepted.Peek() + Window - now, used) { Left = ledger.Limit - ledger.Accepted.Count };
            }

            ledger.Refused.Enqueue(now);
            if (provider is Provider.Binance or Provider.BinanceFutures && ledger.Refused.Count > RefusalsBeforeBan)
            {
                ledger.BannedUntil = now + Ban;
                return new QuotaVerdict(StatusCodes.Status418ImATeapot, Ban, used);
            }

            return new QuotaVerdict(StatusCodes.Status429TooManyRequests, ledger.Accepted.Peek() + Window - now, used);
        }
    }

    private static void Forget(Queue<DateTimeOffset> instants, DateTimeOffset now)
    {
        while (instants.TryPeek(out var oldest) && now - oldest >= Window)
        {
            instants.Dequeue();
        }
    }

    private Ledger LedgerOf(Provider provider) => _ledgers.GetOrAdd(provider, key => new Ledger { Limit = InitialLimit(key) });

    private int? InitialLimit(Provider provider)
    {
        foreach (var (name, limit) in options.RequestsPerMinute)
        {
            if (Providers.TryParse(name, out var named) && named == provider)
            {
                return limit;
            }
        }

        return provider switch
        {
            Provider.Binance => BinanceLimit,
            Provider.Coinbase => CoinbaseLimit,
            Provider.Alpaca => AlpacaLimit,
            _ => null,
        };
    }

    private sealed class Ledger
    {
        private long _minute;
        private int _inMinute;

        public int? Limit { get; set; }

        public Queue<DateTimeOffset> Accepted { get; } = new();

        public Queue<DateTimeOffset> Refused { get; } = new();

        public DateTimeOffset BannedUntil { get; set; }

        public int CountInMinute(DateTimeOffset now)
        {
            var minute = now.ToUnixTimeSeconds() / 60;
            _inMinute = minute == _minute ? _inMinute + 1 : 1;
            _minute = minute;
            return _inMinute;
        }
    }
}
