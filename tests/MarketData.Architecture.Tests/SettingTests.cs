using System.Reflection;

namespace MarketData.Architecture.Tests;

/// <summary>Whatever can be set is found where a user looks for it.</summary>
public sealed class SettingTests
{
    private static readonly string[] Documents = ["configuration.md", "api.md", "simulator.md", "dashboard.md"];

    public static TheoryData<string> Settings =>
    [
        .. MarketDataArchitecture.Allowed.Keys
            .SelectMany(project => MarketDataArchitecture.AssemblyOf(project).GetTypes())
            .Where(type => type.Name.EndsWith("Options", StringComparison.Ordinal) && type.IsClass)
            .SelectMany(type => type.GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(property => property.DeclaringType!.Assembly == type.Assembly)
                .Select(property => (type, property)))
            .Where(setting => setting.property.CanWrite || setting.property.PropertyType.IsGenericType)
            .Where(setting => !setting.property.PropertyType.Name.EndsWith("Options", StringComparison.Ordinal))
            .Select(setting => $"{setting.type.Name}.{setting.property.Name}"),
    ];

    [Theory]
    [MemberData(nameof(Settings))]
    public void Every_setting_is_in_the_documents(string setting)
    {
        var name = setting[(setting.IndexOf('.', StringComparison.Ordinal) + 1)..];
        Documents.SelectMany(document => File.ReadLines(Path.Combine(MarketDataArchitecture.Root(), "docs", document)))
            .ShouldContain(line => line.Contains($"{name}`", StringComparison.Ordinal) || line.Contains($"{name}:", StringComparison.Ordinal));
    }
}
