using System.Globalization;

namespace MarketData.Api.Imports;

/// <summary>Reads the numbers of a text file.</summary>
/// <param name="hasDecimalComma">Whether a comma, rather than a point, is the decimal sign.</param>
/// <param name="hasThousands">Whether the other of the two may stand before each three digits.</param>
internal sealed class BarNumbers(bool hasDecimalComma, bool hasThousands)
{
    private const NumberStyles Styles = NumberStyles.Float;
    private readonly NumberFormatInfo _format = hasDecimalComma
        ? new NumberFormatInfo { NumberDecimalSeparator = ",", NumberGroupSeparator = "." }
        : NumberFormatInfo.InvariantInfo;

    private readonly char _group = hasDecimalComma ? '.' : ',';
    private readonly char _decimal = hasDecimalComma ? ',' : '.';

    /// <summary>What would be right, for whoever wrote something else.</summary>
    public string Requirement => hasDecimalComma
        ? $"is not a number with a decimal comma{(hasThousands ? "" : "; if points stand before thousands, say thousands=true")}."
        : "is not a number with a decimal point; if the comma is the decimal sign say decimal=comma"
            + $"{(hasThousands ? "" : ", if it stands before thousands, thousands=true")}.";

    /// <summary>Reads a number; not a number, as <c>NaN</c>, is one.</summary>
    public bool TryRead(ReadOnlySpan<char> text, out double number)
    {
        text = text.Trim();
        if (!hasThousands || !text.Contains(_group))
            return double.TryParse(text, Styles, _format, out number);
        Span<char> digits = stackalloc char[64];
        number = double.NaN;
        return text.Length <= digits.Length && Ungroup(text, digits) is var length and > 0
            && double.TryParse(digits[..length], Styles, _format, out number);
    }

    // Three digits after each sign, before the decimal sign: 1,5 is no fifteen.
    private int Ungroup(ReadOnlySpan<char> text, Span<char> digits)
    {
        var end = text.IndexOf(_decimal) is var point and >= 0 ? point : text.Length;
        var (length, since) = (0, -1);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != _group)
            {
                digits[length++] = text[i];
                since += since >= 0 && i < end ? 1 : 0;
                continue;
            }

            if (i >= end || i == 0 || since is not (-1 or 3))
                return 0;
            since = 0;
        }

        return since is -1 or 3 ? length : 0;
    }
}
