using System.Buffers.Binary;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace MarketData.Storage.Keys;

/// <summary>
/// What opens the event stream in place of a key, for a little while, where no header can be sent: <c>mds_</c> and, in base64url, the key's id, the
/// instant that it ends at, and both signed with the key's hash. Nothing is stored: whoever has the hash, every replica, can check it, and a
/// key that is revoked takes its tokens along.
/// </summary>
internal readonly record struct StreamToken(Guid Key, DateTime ExpiresAt, string Signature)
{
    private const string Mark = "mds_";
    private const int SignedBytes = 16 + sizeof(long);

    // Keeps the signature from meaning anything elsewhere.
    private static readonly byte[] Purpose = "marketdata event stream"u8.ToArray();

    /// <summary>Makes one.</summary>
    public static StreamToken Create(Guid key, byte[] hash, DateTime expiresAt) => new(key, expiresAt, Sign(key, expiresAt, hash));

    /// <summary>Reads what <see cref="ToString"/> wrote; whether it is genuine, only <see cref="IsSignedWith"/> tells.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out StreamToken token)
    {
        token = default;
        if (text is not { Length: > 4 and <= 200 } || !text.StartsWith(Mark, StringComparison.Ordinal)
            || text[Mark.Length..].Split('.') is not [var signed, var signature] || !Base64Url.IsValid(signed, out var length) || length != SignedBytes)
            return false;
        var bytes = Base64Url.DecodeFromChars(signed);
        var ticks = BinaryPrimitives.ReadInt64BigEndian(bytes.AsSpan(16));
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
            return false;
        token = new(new Guid(bytes.AsSpan(0, 16), bigEndian: true), new DateTime(ticks, DateTimeKind.Utc), signature);
        return true;
    }

    /// <summary>Whether it was made with a key that has this hash.</summary>
    public bool IsSignedWith(byte[] hash) => CryptographicOperations.FixedTimeEquals(
        System.Text.Encoding.UTF8.GetBytes(Signature), System.Text.Encoding.UTF8.GetBytes(Sign(Key, ExpiresAt, hash)));

    /// <inheritdoc/>
    public override string ToString() => $"{Mark}{Base64Url.EncodeToString(Signed(Key, ExpiresAt))}.{Signature}";

    private static string Sign(Guid key, DateTime expiresAt, byte[] hash)
    {
        byte[] signed = [.. Purpose, .. Signed(key, expiresAt)];
        return Base64Url.EncodeToString(HMACSHA256.HashData(hash, signed));
    }

    private static byte[] Signed(Guid key, DateTime expiresAt)
    {
        var bytes = new byte[SignedBytes];
        key.TryWriteBytes(bytes, bigEndian: true, out _);
        BinaryPrimitives.WriteInt64BigEndian(bytes.AsSpan(16), expiresAt.Ticks);
        return bytes;
    }
}
