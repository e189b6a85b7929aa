using System.ComponentModel.DataAnnotations;

namespace MarketData.Enrichment.Providers;

/// <summary>An absolute http or https address, or none.</summary>
[AttributeUsage(AttributeTargets.Property)]
internal sealed class HttpAddressAttribute : ValidationAttribute
{
    protected override ValidationResult? IsValid(object? value, ValidationContext validationContext) =>
        value is null or Uri { IsAbsoluteUri: true, Scheme: "http" or "https" }
            ? ValidationResult.Success
            : new($"must be an absolute http or https address, and is '{value}'.");
}
