using System.Globalization;
using System.Text;
using CsCheck;
using MarketData.Api.Historical;

namespace MarketData.Api.Tests.Historical;

public sealed class ShortNumberTests
{
    private static readonly Gen<double> Decimals =
        Gen.Select(Gen.Long[-1_000_000_000_000_000_000, 1_000_000_000_000_000_000], Gen.Int[0, 17], Gen.Int[0, 7])
            .Select((digits, shorter, decimals) => (double)((long)(digits / Math.Pow(10, shorter)) / (decimal)Math.Pow(10, decimals)));

    private static readonly Gen<double> Any = Gen.Long.Select(BitConverter.Int64BitsToDouble).Where(double.IsFinite);

    // As features are: of any sign, and with as many digits as there are.
    private static readonly Gen<double> Usual =
        Gen.Select(Gen.Double[1, 10], Gen.Int[-6, 16], Gen.Bool).Select((digits, power, isNegative) => (isNegative ? -digits : digits) * Math.Pow(10, power));

    // Whose interval is narrower below than above.
    private static readonly Gen<double> PowersOfTwo = Gen.Int[-15, 51].Select(power => Math.ScaleB(1, power));

    [Fact]
    public void Numbers_are_written_as_dotnet_writes_them() =>
        Gen.OneOf(Decimals, Any, Usual, PowersOfTwo).Sample(number => Written(number) == number.ToString("R", CultureInfo.InvariantCulture), iter: 1_000_000);

    [Theory]
    [InlineData(0, "0")]
    [InlineData(-0.0, "-0")]
    [InlineData(0.0001, "0.0001")]
    [InlineData(0.00001, "1E-05")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(99999999999.9999, "99999999999.9999")]
    [InlineData(100000000000, "100000000000")]
    [InlineData(-187.4400, "-187.44")]
    [InlineData(double.MaxValue, "1.7976931348623157E+308")]
    public void Known_numbers_are_written_so(double number, string text) => Written(number).ShouldBe(text);

    private static string Written(double number)
    {
        Span<byte> text = stackalloc byte[ShortNumber.MostLength];
        return Encoding.ASCII.GetString(text[..ShortNumber.Write(number, text)]);
    }
}
