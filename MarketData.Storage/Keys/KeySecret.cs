using System.Buffers.Text;
using System.Security.Cryptography;

namespace MarketData.Storage.Keys;

/// <summary>The secret text of an API key: <c>mdk_</c> and 256 random bits in base64url, 47 characters.</summary>
internal static class KeySecret
{
    private const string Mark = "mdk_";
    private const int RandomBytes = 32;
    private const int PrefixLength = 12;

    /// <summary>Makes one from the system's cryptographic generator.</summary>
    public static string Create() => Mark + Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>What a person recognises a key by; it leaves 208 bits unknown.</summary>
    public static string PrefixOf(string secret) => secret[..PrefixLength];
}
