using System.Buffers.Binary;
using MarketData.Domain.Candles;

namespace MarketData.Storage.Imports;

/// <summary>Packs candles into bytes: a mark that says whether they have more than prices and volumes, then each in its fixed length.</summary>
internal static class CandlePacking
{
    private const int PlainNumbers = 8;
    private const int AllNumbers = PlainNumbers + 7;
    private const long NoTrades = long.MinValue;

    public static byte[] Pack(ReadOnlySpan<Candle> candles)
    {
        var hasExtras = HasExtras(candles);
        var packed = new byte[1 + candles.Length * Length(hasExtras)];
        packed[0] = hasExtras ? (byte)1 : (byte)0;
        var rest = packed.AsSpan(1);
        foreach (ref readonly var candle in candles)
        {
            BinaryPrimitives.WriteInt64LittleEndian(rest, candle.Timestamp.Ticks);
            Write(rest[8..], candle.Open, candle.High, candle.Low, candle.Close, candle.Volume, candle.Vwap);
            BinaryPrimitives.WriteInt64LittleEndian(rest[56..], candle.TradeCount ?? NoTrades);
            if (hasExtras)
            {
                Write(
                    rest[64..], candle.OpenInterest, candle.FundingRate, candle.LongShortRatio, candle.LongLiquidations, candle.ShortLiquidations,
                    candle.TakerBuyVolume, candle.TakerSellVolume);
            }

            rest = rest[Length(hasExtras)..];
        }

        return packed;
    }

    public static int CountOf(byte[] packed) => (packed.Length - 1) / Length(packed[0] == 1);

    public static void Unpack(ReadOnlySpan<byte> packed, List<Candle> candles)
    {
        var hasExtras = packed[0] == 1;
        for (var rest = packed[1..]; !rest.IsEmpty; rest = rest[Length(hasExtras)..])
        {
            var trades = BinaryPrimitives.ReadInt64LittleEndian(rest[56..]);
            var candle = new Candle
            {
                Timestamp = new DateTime(BinaryPrimitives.ReadInt64LittleEndian(rest), DateTimeKind.Utc),
                Open = Number(rest, 1),
                High = Number(rest, 2),
                Low = Number(rest, 3),
                Close = Number(rest, 4),
                Volume = Number(rest, 5),
                Vwap = Number(rest, 6),
                TradeCount = trades == NoTrades ? null : trades,
            };
            candles.Add(!hasExtras ? candle : candle with
            {
                OpenInterest = Number(rest, 8),
                FundingRate = Number(rest, 9),
                LongShortRatio = Number(rest, 10),
                LongLiquidations = Number(rest, 11),
                ShortLiquidations = Number(rest, 12),
                TakerBuyVolume = Number(rest, 13),
                TakerSellVolume = Number(rest, 14),
            });
        }
    }

    private static int Length(bool hasExtras) => sizeof(double) * (hasExtras ? AllNumbers : PlainNumbers);

    private static double Number(ReadOnlySpan<byte> row, int place) => BinaryPrimitives.ReadDoubleLittleEndian(row[(sizeof(double) * place)..]);

    private static void Write(Span<byte> row, params ReadOnlySpan<double> numbers)
    {
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteDoubleLittleEndian(row[(sizeof(double) * i)..], numbers[i]);
    }

    private static bool HasExtras(ReadOnlySpan<Candle> candles)
    {
        foreach (ref readonly var candle in candles)
        {
            if (Candles.CandleColumns.HasExtras(candle))
                return true;
        }

        return false;
    }
}
