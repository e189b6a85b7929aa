using System.Text;
using System.Text.Json;

namespace MarketData.Enrichment.Providers.Wire;

/// <summary>
/// Steps through a JSON document whose shape is known; anything else is a <see cref="JsonException"/> that says where what stood.
/// </summary>
internal ref struct WireDocument
{
    private ReadOnlySpan<byte> _body;
    private Utf8JsonReader _reader;

    /// <summary>Opens a body, past the byte order mark that some servers put before it.</summary>
    public WireDocument(ReadOnlySpan<byte> body)
    {
        _body = body.StartsWith("\uFEFF"u8) ? body[3..] : body;
        _reader = new Utf8JsonReader(_body);
    }

    /// <summary>Whether the value that was read last is null.</summary>
    public readonly bool IsNull => _reader.TokenType == JsonTokenType.Null;

    /// <summary>Reads the next token.</summary>
    /// <returns>False at the end of the document.</returns>
    public bool Read() => _reader.Read();

    /// <summary>The name of the property just read.</summary>
    public readonly string Name => _reader.GetString() ?? "";

    /// <summary>Reads the start of an object.</summary>
    public void ReadObject(string place)
    {
        Read();
        Expect(JsonTokenType.StartObject, place);
    }

    /// <summary>Reads the start of an object, or null.</summary>
    /// <returns>Whether there is an object.</returns>
    public bool TryReadObject(string place)
    {
        Read();
        if (IsNull)
            return false;
        Expect(JsonTokenType.StartObject, place);
        return true;
    }

    /// <summary>Reads the start of an array, or null.</summary>
    /// <returns>Whether there is an array.</returns>
    public bool TryReadArray(string place)
    {
        Read();
        if (IsNull)
            return false;
        Expect(JsonTokenType.StartArray, place);
        return true;
    }

    /// <summary>Moves to the next element of an array of objects, and into it.</summary>
    /// <returns>False at the array's end.</returns>
    public bool ReadObjectElement(string place)
    {
        if (!Read() || _reader.TokenType == JsonTokenType.EndArray)
            return false;
        Expect(JsonTokenType.StartObject, place);
        return true;
    }

    /// <summary>Moves to the next property of the object that the document is in.</summary>
    /// <returns>False at the object's end.</returns>
    public bool ReadProperty() => Read() && _reader.TokenType == JsonTokenType.PropertyName;

    /// <summary>Whether the property just read has that name.</summary>
    public readonly bool Is(ReadOnlySpan<byte> name) => _reader.ValueTextEquals(name);

    /// <summary>Steps over the value of the property just read.</summary>
    public void Skip() => _reader.Skip();

    /// <summary>Reads a value as text: a string, null, or another scalar as it is written; null for objects and arrays.</summary>
    public string? ReadText()
    {
        Read();
        switch (_reader.TokenType)
        {
            case JsonTokenType.String:
                return _reader.GetString();
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                _reader.Skip();
                return null;
            case JsonTokenType.Null:
                return null;
            default:
                return Encoding.UTF8.GetString(_reader.ValueSpan);
        }
    }

    /// <summary>Enters an object; steps over anything else.</summary>
    /// <returns>Whether there is an object.</returns>
    public bool EnterObject()
    {
        Read();
        if (_reader.TokenType == JsonTokenType.StartObject)
            return true;
        _reader.Skip();
        return false;
    }

    /// <summary>Reads a number; steps over what is none.</summary>
    /// <param name="other">What stands there instead of a number; null where there is one, or null.</param>
    /// <returns>The number; NaN for null and for what is none.</returns>
    public double ReadNumber(out string? other)
    {
        Read();
        JsonNumbers.Read(ref _reader, out var number, out other);
        return number;
    }

    /// <summary>Reads a time, as <see cref="WireTime.TryRead"/>.</summary>
    /// <param name="instant">The instant.</param>
    /// <param name="other">What stands there instead; null where there is an instant.</param>
    public bool TryReadTime(out DateTime instant, out string? other)
    {
        Read();
        var described = JsonNumbers.Describe(_reader.TokenType);
        var isTime = WireTime.TryRead(ref _reader, out instant);
        other = isTime ? null : described;
        return isTime;
    }

    /// <summary>Lets a cursor go through the array whose start was just read.</summary>
    public readonly WireCursor EnterArray() => new(_body, (int)_reader.BytesConsumed);

    /// <summary>Goes on after the array that a cursor went through.</summary>
    /// <param name="at">Where the cursor came to stand, past the array's end.</param>
    public void LeaveArray(int at)
    {
        _body = _body[(at - 1)..];
        _reader = new Utf8JsonReader(_body, isFinalBlock: true, _reader.CurrentState);
        _reader.Read();
    }

    /// <summary>Demands that nothing follows.</summary>
    public void ReadEnd()
    {
        if (Read())
            throw new JsonException("There is more after the end of the document.");
    }

    private readonly void Expect(JsonTokenType expected, string place)
    {
        if (_reader.TokenType != expected)
            throw new JsonException(
                $"{place} is {JsonNumbers.Describe(_reader.TokenType)} instead of {JsonNumbers.Describe(expected)}.");
    }
}
