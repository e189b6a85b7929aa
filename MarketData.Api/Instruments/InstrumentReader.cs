using MarketData.Domain.Candles;
using MarketData.Storage.Symbols;

namespace MarketData.Api.Instruments;

/// <summary>Reads the whole record of an instrument.</summary>
public sealed class InstrumentReader(SymbolStore symbols, InstrumentStore instruments, AliasStore aliases)
{
    /// <summary>The record; null when the symbol is not tracked.</summary>
    public async Task<InstrumentDetails?> ReadAsync(Symbol symbol, CancellationToken cancellation)
    {
        if (await symbols.ReadAsync(symbol.Value, cancellation) is not { } tracked)
            return null;
        return new InstrumentDetails(
            Symbol: tracked.Symbol,
            AssetClass: tracked.AssetClass,
            Name: tracked.Name,
            Exchange: tracked.Exchange,
            ExchangeName: Domain.Calendars.Exchange.TryFind(tracked.Exchange, out var exchange) ? exchange.Name : null,
            Currency: tracked.Currency,
            PriceUnit: tracked.PriceUnit,
            Zone: tracked.Zone,
            InstrumentType: tracked.InstrumentType,
            FirstTraded: tracked.FirstTraded,
            LastTraded: tracked.LastTraded,
            Status: tracked.Status,
            Active: tracked.Active,
            Timeframes: tracked.Timeframes,
            CreatedAt: tracked.CreatedAt,
            UpdatedAt: tracked.UpdatedAt,
            Facts: await instruments.ReadFactsAsync(symbol, cancellation),
            Aliases: await aliases.ReadRecordedAsync(symbol, cancellation));
    }
}
