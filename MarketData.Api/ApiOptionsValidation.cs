using System.Net;
using Microsoft.Extensions.Options;

namespace MarketData.Api;

/// <summary>Says what is wrong with <see cref="ApiOptions"/>, a sentence a setting.</summary>
public sealed class ApiOptionsValidation : IValidateOptions<ApiOptions>
{
    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, ApiOptions options)
    {
        var results = new List<ValidationResult>();
        Validator.TryValidateObject(options, new ValidationContext(options), results, validateAllProperties: true);
        string[] failures =
        [
            .. results.Select(result => result.ErrorMessage!),
            .. options.CorsOrigins.Where(origin => !IsOrigin(origin))
                .Select(origin => $"Api:CorsOrigins must hold origins such as https://charts.example.com, and holds '{origin}'."),
            .. options.TrustedProxies.Where(network => !IPNetwork.TryParse(network, out _))
                .Select(network => $"Api:TrustedProxies must hold networks such as 10.0.0.0/8, and holds '{network}'."),
        ];
        return failures.Length == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
    }

    private static bool IsOrigin(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https")
        && text.Equals(uri.GetLeftPart(UriPartial.Authority), StringComparison.OrdinalIgnoreCase);
}
