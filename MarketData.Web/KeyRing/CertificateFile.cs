using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace MarketData.Web.KeyRing;

/// <summary>A certificate with its private key, in one file or in two.</summary>
public class CertificateFile
{
    /// <summary>The path of the certificate: PFX (PKCS #12), or PEM. Default none.</summary>
    public string? Certificate { get; set; }

    /// <summary>The path of its private key in PEM; null when it is in the same file.</summary>
    public string? CertificateKey { get; set; }

    /// <summary>The password of the file, or of the private key in PEM; null when it has none.</summary>
    public string? Password { get; set; }

    /// <summary>Reads it.</summary>
    /// <exception cref="IOException">There is no such file.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be read.</exception>
    /// <exception cref="CryptographicException">It is no certificate with an RSA key, or the password is another.</exception>
    public X509Certificate2 Load()
    {
        var path = Certificate ?? throw new InvalidOperationException("No certificate is set.");
        var certificate = X509Certificate2.GetCertContentType(path) == X509ContentType.Pfx
            ? X509CertificateLoader.LoadPkcs12FromFile(path, Password)
            : Password is null
                ? X509Certificate2.CreateFromPemFile(path, CertificateKey)
                : X509Certificate2.CreateFromEncryptedPemFile(path, Password, CertificateKey);
        using var key = certificate.GetRSAPrivateKey();
        return key is not null ? certificate : throw new CryptographicException("it has no private RSA key");
    }

    /// <summary>What keeps it from being read; null when nothing does.</summary>
    public string? Problem()
    {
        try
        {
            Load().Dispose();
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return e.Message;
        }
    }
}
