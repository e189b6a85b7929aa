using System.Text;
using System.Text.Json;

namespace MarketData.Enrichment.Providers.Wire;

/// <summary>
/// Steps through a JSON document whose shape is known; anything else is a <see cref="JsonException"/> that says what stood there.
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

    /// <summary>Reads the start of an object.</summary>
    public void ReadObject(string what)
    {
        Read();
        Expect(JsonTokenType.StartObject, what);
    }

    /// <summary>Reads the start of an object, or null.</summary>
    /// <returns>Whether there is an object.</returns>
    public bool TryReadObject(string what)
    {
        Read();
        if (IsNull)
            return false;
        Expect(JsonTokenType.StartObject, what);
        return true;
    }

    /// <summary>Reads the start of an array, or null.</summary>
    /// <returns>Whether there is an array.</returns>
    public bool TryReadArray(string what)
    {
        Read();
        if (IsNull)
            return false;
        Expect(JsonTokenType.StartArray, what);
        return true;
    }

    /// <summary>Moves to the next element of an array of objects, and into it.</summary>
    /// <returns>False at the array's end.</returns>
    public bool ReadObjectElement(string what)
    {
        if (!Read() || _reader.TokenType == JsonTokenType.EndArray)
            return false;
        Expect(JsonTokenType.StartObject, what);
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

    /// <summary>Reads a number, as <see cref="JsonNumbers.Read"/>.</summary>
    public double ReadNumber()
    {
        Read();
        return JsonNumbers.Read(ref _reader);
    }

    /// <summary>Reads a time, as <see cref="WireTime.TryRead"/>.</summary>
    public bool TryReadTime(out DateTime instant)
    {
        Read();
        return WireTime.TryRead(ref _reader, out instant);
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

    private readonly void Expect(JsonTokenType expected, string what)
    {
        if (_reader.TokenType != expected)
            throw new JsonException($"Instead of {what} there is {JsonNumbers.Describe(_reader.TokenType)}.");
    }
}
