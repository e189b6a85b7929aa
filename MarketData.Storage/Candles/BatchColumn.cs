using System.Buffers;
using System.Buffers.Binary;
using System.Text;

namespace MarketData.Storage.Candles;

/// <summary>One column of a <see cref="CandleBatch"/>. Which array holds its values is told by <see cref="Kind"/>; the others are empty.</summary>
public sealed class BatchColumn
{
    /// <summary>Stands for null among <see cref="Integers"/>.</summary>
    public const long NullInteger = long.MinValue;

    internal BatchColumn(string name, string exportName, BatchColumnKind kind, bool isFeature, bool isRequired, int capacity)
    {
        (Name, ExportName, Kind, IsFeature, IsRequired) = (name, exportName, kind, isFeature, isRequired);
        Numbers = kind == BatchColumnKind.Number ? ArrayPool<double>.Shared.Rent(capacity) : [];
        Integers = kind is BatchColumnKind.Instant or BatchColumnKind.Integer ? ArrayPool<long>.Shared.Rent(capacity) : [];
        Flags = kind == BatchColumnKind.Flag ? ArrayPool<bool>.Shared.Rent(capacity) : [];
        Texts = kind == BatchColumnKind.Text ? ArrayPool<string?>.Shared.Rent(capacity) : [];
        Notes = kind == BatchColumnKind.Notes ? ArrayPool<string[]?>.Shared.Rent(capacity) : [];
    }

    /// <summary>The name in the API's JSON.</summary>
    public string Name { get; }

    /// <summary>The name among the columns of an export: the same, unless a candle's column has it before a feature.</summary>
    public string ExportName { get; }

    /// <summary>What the values are.</summary>
    public BatchColumnKind Kind { get; }

    /// <summary>Whether it is a feature rather than a part of the candle.</summary>
    public bool IsFeature { get; }

    /// <summary>Whether it has no nulls.</summary>
    public bool IsRequired { get; }

    /// <summary>The values of a <see cref="BatchColumnKind.Number"/>.</summary>
    public double[] Numbers { get; private set; }

    /// <summary>The values of a <see cref="BatchColumnKind.Instant"/> or <see cref="BatchColumnKind.Integer"/>.</summary>
    public long[] Integers { get; private set; }

    /// <summary>The values of a <see cref="BatchColumnKind.Flag"/>.</summary>
    public bool[] Flags { get; private set; }

    /// <summary>The values of a <see cref="BatchColumnKind.Text"/>.</summary>
    public string?[] Texts { get; private set; }

    /// <summary>The values of a <see cref="BatchColumnKind.Notes"/>.</summary>
    public string[]?[] Notes { get; private set; }

    internal void SetNull(int row)
    {
        switch (Kind)
        {
            case BatchColumnKind.Number:
                Numbers[row] = double.NaN;
                break;
            case BatchColumnKind.Integer:
                Integers[row] = NullInteger;
                break;
            case BatchColumnKind.Text:
                Texts[row] = null;
                break;
            case BatchColumnKind.Notes:
                Notes[row] = null;
                break;
            default:
                throw new InvalidDataException($"{Name} is null.");
        }
    }

    /// <summary>Sets a value from its binary form.</summary>
    internal void Set(int row, ReadOnlySpan<byte> value)
    {
        switch (Kind)
        {
            case BatchColumnKind.Number:
                Numbers[row] = BinaryPrimitives.ReadDoubleBigEndian(value);
                break;
            case BatchColumnKind.Integer:
                Integers[row] = BinaryPrimitives.ReadInt64BigEndian(value);
                break;
            case BatchColumnKind.Instant:
                Integers[row] = BinaryCopy.Epoch.Ticks + BinaryPrimitives.ReadInt64BigEndian(value) * TimeSpan.TicksPerMicrosecond;
                break;
            case BatchColumnKind.Text:
                Texts[row] = string.Intern(Encoding.UTF8.GetString(value));
                break;
            default:
                throw new InvalidOperationException($"{Name} is not read from the database.");
        }
    }

    /// <summary>Puts the value of one row in the place of another's.</summary>
    internal void Move(int from, int to)
    {
        switch (Kind)
        {
            case BatchColumnKind.Number:
                Numbers[to] = Numbers[from];
                break;
            case BatchColumnKind.Flag:
                Flags[to] = Flags[from];
                break;
            case BatchColumnKind.Text:
                Texts[to] = Texts[from];
                break;
            case BatchColumnKind.Notes:
                Notes[to] = Notes[from];
                break;
            default:
                Integers[to] = Integers[from];
                break;
        }
    }

    internal void Reverse(int count)
    {
        Numbers.AsSpan(0, Math.Min(count, Numbers.Length)).Reverse();
        Integers.AsSpan(0, Math.Min(count, Integers.Length)).Reverse();
        Flags.AsSpan(0, Math.Min(count, Flags.Length)).Reverse();
        Texts.AsSpan(0, Math.Min(count, Texts.Length)).Reverse();
        Notes.AsSpan(0, Math.Min(count, Notes.Length)).Reverse();
    }

    /// <summary>The same column with texts in the place of its values.</summary>
    public BatchColumn AsText(string?[] texts) => new(Name, ExportName, BatchColumnKind.Text, IsFeature, IsRequired, 0) { Texts = texts };

    /// <summary>The same column with other numbers.</summary>
    internal BatchColumn With(double[] numbers) => new(Name, ExportName, Kind, IsFeature, IsRequired, 0) { Numbers = numbers };

    /// <summary>Makes room for so many rows; those that are there stay.</summary>
    internal void Grow(int count, int capacity)
    {
        Numbers = Grown(ArrayPool<double>.Shared, Numbers, count, capacity);
        Integers = Grown(ArrayPool<long>.Shared, Integers, count, capacity);
        Flags = Grown(ArrayPool<bool>.Shared, Flags, count, capacity);
        Texts = Grown(ArrayPool<string?>.Shared, Texts, count, capacity);
        Notes = Grown(ArrayPool<string[]?>.Shared, Notes, count, capacity);
    }

    internal void Return()
    {
        Give(ArrayPool<double>.Shared, Numbers);
        Give(ArrayPool<long>.Shared, Integers);
        Give(ArrayPool<bool>.Shared, Flags);
        Give(ArrayPool<string?>.Shared, Texts);
        Give(ArrayPool<string[]?>.Shared, Notes);
        (Numbers, Integers, Flags, Texts, Notes) = ([], [], [], [], []);
    }

    private static T[] Grown<T>(ArrayPool<T> pool, T[] array, int count, int capacity)
    {
        if (array.Length == 0 || array.Length >= capacity)
            return array;
        var grown = pool.Rent(capacity);
        array.AsSpan(0, count).CopyTo(grown);
        Give(pool, array);
        return grown;
    }

    private static void Give<T>(ArrayPool<T> pool, T[] array)
    {
        if (array.Length > 0)
            pool.Return(array, clearArray: !typeof(T).IsValueType);
    }
}
