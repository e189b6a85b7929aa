using System.ComponentModel.DataAnnotations;

namespace MarketData.Web.KeyRing;

/// <summary>Settings in the section <c>Web:DataProtection</c>: the certificate that encrypts the keys of sign-ins in the database.</summary>
public sealed class KeyRingOptions : CertificateFile, IValidatableObject
{
    /// <summary>The configuration section.</summary>
    public const string Section = "Web:DataProtection";

    /// <summary>Certificates that keys may still be encrypted with, from before the present one. Default none.</summary>
    public IList<CertificateFile> OldCertificates { get; } = [];

    /// <inheritdoc/>
    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Certificate is { Length: > 0 } && Problem() is { } problem)
            yield return Refused(nameof(Certificate), Certificate, problem);
        foreach (var old in OldCertificates)
        {
            if (string.IsNullOrEmpty(old.Certificate))
                yield return new ValidationResult("must name a file in each Certificate.", [nameof(OldCertificates)]);
            else if (old.Problem() is { } oldProblem)
                yield return Refused(nameof(OldCertificates), old.Certificate, oldProblem);
        }
    }

    private static ValidationResult Refused(string setting, string path, string problem) => new(
        $"must be a PFX or PEM file with a certificate and its private RSA key, and '{path}' is not: {problem}", [setting]);
}
