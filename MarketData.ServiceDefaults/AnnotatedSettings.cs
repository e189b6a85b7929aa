using System.ComponentModel.DataAnnotations;
using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Microsoft.Extensions.Hosting;

/// <summary>Settings that say by data annotations what they may be.</summary>
public static class AnnotatedSettings
{
    /// <summary>
    /// Binds options to a section and checks them at start by their annotations, those of members marked with
    /// <see cref="ValidateObjectMembersAttribute"/> included, then by <see cref="IValidatableObject"/>. What is wrong is said in one sentence a
    /// setting, which begins with the setting's whole name: <c>ValidateDataAnnotations</c> names class and property, which no operator knows.
    /// </summary>
    /// <param name="services">The services.</param>
    /// <param name="section">The section of the configuration.</param>
    /// <param name="name">The options' name, where there are several of the type.</param>
    public static IServiceCollection AddSettings<TOptions>(
        this IServiceCollection services, IConfigurationSection section, string? name = null)
        where TOptions : class
    {
        ArgumentNullException.ThrowIfNull(section);
        services.AddOptions<TOptions>(name).Bind(section).ValidateOnStart();
        return services.AddSingleton<IValidateOptions<TOptions>>(
            new Validation<TOptions>(name ?? Options.Options.DefaultName, section.Path));
    }

    private static List<string> Failures(object settings, string path)
    {
        var failures = new List<string>();
        foreach (var property in settings.GetType().GetProperties())
        {
            var (value, name) = (property.GetValue(settings), $"{path}:{property.Name}");
            var context = new ValidationContext(settings) { MemberName = property.Name };
            foreach (var attribute in property.GetCustomAttributes<ValidationAttribute>())
            {
                if (attribute.GetValidationResult(value, context) is { } result)
                    failures.Add($"{name} {(attribute is RangeAttribute { ErrorMessage: null } range ? Outside(range, value) : result.ErrorMessage)}");
            }

            if (value is not null && property.IsDefined(typeof(ValidateObjectMembersAttribute)))
                failures.AddRange(Failures(value, name));
        }

        if (failures.Count == 0 && settings is IValidatableObject whole)
            failures.AddRange(whole.Validate(new ValidationContext(settings)).Select(result => $"{path}:{result.MemberNames.Single()} {result.ErrorMessage}"));
        return failures;
    }

    private static string Outside(RangeAttribute range, object? value) =>
        $"must lie between {range.Minimum} and {range.Maximum}, and is {value}.";

    private sealed class Validation<TOptions>(string optionsName, string section) : IValidateOptions<TOptions> where TOptions : class
    {
        public ValidateOptionsResult Validate(string? name, TOptions options)
        {
            if (name != optionsName)
                return ValidateOptionsResult.Skip;
            var failures = Failures(options, section);
            return failures.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(failures);
        }
    }
}
