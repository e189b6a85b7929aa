using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;

namespace MarketData.Storage.Notifications;

/// <summary>
/// Encrypts what lets somebody post in our name before it is stored: AES-256-GCM under the key of <see cref="ReceiverKeyOptions"/>, each text with
/// the short name of its key, so that one under a former key is still read. Without a key it is stored as it is.
/// </summary>
public sealed class ReceiverCipher
{
    // No address and no secret begins so.
    private const string Prefix = "aes-256-gcm:";
    private const int NameLength = 8;

    private static readonly int NonceSize = AesGcm.NonceByteSizes.MaxSize;
    private static readonly int TagSize = AesGcm.TagByteSizes.MaxSize;

    private readonly Dictionary<string, byte[]> _keys = [];
    private readonly string? _current;

    /// <summary>Creates it.</summary>
    public ReceiverCipher(IOptions<ReceiverKeyOptions> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        foreach (var key in options.Value.OldSecretKeys)
            Add(key);
        if (options.Value.SecretKey is { Length: > 0 } current)
            _current = Add(current);
    }

    /// <summary>One without a key.</summary>
    public static ReceiverCipher Plain { get; } = new(Options.Create(new ReceiverKeyOptions()));

    /// <summary>Whether there is a key to encrypt with.</summary>
    public bool HasKey => _current is not null;

    /// <summary>A text as it is to be stored; null for null.</summary>
    public string? Encrypt(string? text)
    {
        if (text is null || _current is null)
            return text;
        var plain = Encoding.UTF8.GetBytes(text);
        var packed = new byte[NonceSize + TagSize + plain.Length];
        RandomNumberGenerator.Fill(packed.AsSpan(0, NonceSize));
        using var cipher = new AesGcm(_keys[_current], TagSize);
        cipher.Encrypt(
            packed.AsSpan(0, NonceSize), plain, packed.AsSpan(NonceSize + TagSize), packed.AsSpan(NonceSize, TagSize), Encoding.UTF8.GetBytes(_current));
        return $"{Prefix}{_current}:{Convert.ToBase64String(packed)}";
    }

    /// <summary>Whether a stored text is as <see cref="Encrypt"/> would store it now, or nothing is stored.</summary>
    public bool IsCurrent(string? stored) => stored is null || _current is null || stored.StartsWith($"{Prefix}{_current}:", StringComparison.Ordinal);

    /// <summary>What a stored text says.</summary>
    /// <param name="stored">The text; null for null.</param>
    /// <param name="text">What it says; null where it can't be told.</param>
    /// <returns>Whether it could be told: false when it was encrypted with a key that is not known, or changed since.</returns>
    public bool TryDecrypt(string? stored, out string? text)
    {
        text = stored;
        if (stored?.StartsWith(Prefix, StringComparison.Ordinal) != true)
            return true;
        text = null;
        if (stored.Split(':') is not [_, var name, var base64] || !_keys.TryGetValue(name, out var key))
            return false;
        try
        {
            var packed = Convert.FromBase64String(base64);
            var plain = new byte[packed.Length - NonceSize - TagSize];
            using var cipher = new AesGcm(key, TagSize);
            cipher.Decrypt(
                packed.AsSpan(0, NonceSize), packed.AsSpan(NonceSize + TagSize), packed.AsSpan(NonceSize, TagSize), plain, Encoding.UTF8.GetBytes(name));
            text = Encoding.UTF8.GetString(plain);
            return true;
        }
        catch (Exception e) when (e is CryptographicException or FormatException or OverflowException)
        {
            return false;
        }
    }

    // The name gives nothing of the key away.
    private string Add(string base64)
    {
        var key = Convert.FromBase64String(base64);
        var name = Convert.ToHexStringLower(SHA256.HashData(key))[..NameLength];
        _keys[name] = key;
        return name;
    }
}
