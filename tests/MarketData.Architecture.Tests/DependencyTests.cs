using System.Text.RegularExpressions;
using ArchUnitNET.Fluent;
using static ArchUnitNET.Fluent.ArchRuleDefinition;

namespace MarketData.Architecture.Tests;

/// <summary>Holds the table of projects and dependencies in <c>docs/architecture.md</c>.</summary>
public sealed class DependencyTests
{
    // What the API answers, as the dashboard reads it: one file an endpoint, since its records make sense only together.
    private const string WireModels = "MarketData.Web.Api";

    // The dashboard's keys are in the database, and the dashboard does without the storage (decision 0019).
    private const string KeysOfWeb = "MarketData.Web.KeyRing.DatabaseKeys";

    public static TheoryData<string> Projects => [.. MarketDataArchitecture.Allowed.Keys];

    [Fact]
    public void Every_project_has_its_place_in_the_table() =>
        MarketDataArchitecture.Projects().ShouldBe([.. MarketDataArchitecture.Allowed.Keys, "MarketData.AppHost"], ignoreOrder: true);

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_refers_to_those_alone_that_the_table_allows(string project) =>
        MarketDataArchitecture.References(project).ShouldBeSubsetOf(MarketDataArchitecture.Allowed[project]);

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_type_uses_one_of_a_project_that_the_table_does_not_allow(string project)
    {
        foreach (var forbidden in MarketDataArchitecture.Allowed.Keys.Except([project, .. MarketDataArchitecture.Allowed[project]]))
            Check(Types().That().Are(Of(project)).Should().NotDependOnAny(Types().That().Are(Of(forbidden))));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void No_folder_depends_on_one_that_depends_on_it(string project) =>
        Folders.Cycles(
            from type in TypesOf(project)
            from dependency in type.Dependencies
            let user = Folders.Of(project, type.Namespace?.FullName)
            let used = Folders.Of(project, dependency.Target.Namespace?.FullName)
            where user is not null && used is not null
            select new FolderUse(user, used, $"{type.Name} uses {dependency.Target.Name}")).ShouldBeEmpty();

    [Fact]
    public void No_folder_of_the_app_host_depends_on_one_that_depends_on_it() =>
        Folders.Cycles(Folders.OfSources("MarketData.AppHost")).ShouldBeEmpty();

    [Fact]
    public void A_cycle_of_folders_is_told_with_the_types_that_make_it() =>
        Folders.Cycles([new("A", "B", "a uses b"), new("B", "C", "b uses c"), new("C", "A", "c uses a"), new("A", "D", "a uses d")])
            .ShouldBe(["A -> B: a uses b", "B -> C: b uses c", "C -> A: c uses a"], ignoreOrder: true);

    [Theory]
    [InlineData("MarketData.Enrichment.Resilience", "MarketData.Enrichment.Providers")]
    [InlineData("MarketData.Enrichment.Resilience", "MarketData.Enrichment.Pipeline")]
    [InlineData("MarketData.Enrichment.Resilience", "MarketData.Enrichment.Scheduling")]
    [InlineData("MarketData.Enrichment.Providers", "MarketData.Enrichment.Pipeline")]
    [InlineData("MarketData.Enrichment.Providers", "MarketData.Enrichment.Scheduling")]
    [InlineData("MarketData.Enrichment.Pipeline", "MarketData.Enrichment.Scheduling")]
    public void A_folder_knows_nothing_of_one_that_uses_it(string folder, string user) =>
        Check(Types().That().Are(In(folder)).Should().NotDependOnAny(Types().That().Are(In(user))));

    [Fact]
    public void The_app_host_starts_the_services_and_links_none_of_them()
    {
        var file = File.ReadAllText(Path.Combine(MarketDataArchitecture.Root(), "MarketData.AppHost", "MarketData.AppHost.csproj"));

        // The SDK makes each reference to a project a resource, of which nothing is linked, unless the reference says otherwise.
        file.ShouldContain("Sdk=\"Aspire.AppHost.Sdk/");
        file.ShouldNotContain("IsAspireProjectResource");
        file.ShouldNotContain("ReferenceOutputAssembly");
        MarketDataArchitecture.References("MarketData.AppHost")
            .ShouldBe(["MarketData.Simulator", "MarketData.Enrichment", "MarketData.Api", "MarketData.Web"], ignoreOrder: true);
    }

    [Theory]
    [InlineData(@"^Microsoft\.", "dependency injection, configuration and logging")]
    [InlineData(@"^System\.(IO|Net|Data)\.", "input and output")]
    [InlineData(@"^(System\.TimeProvider|System\.Diagnostics\.(Stopwatch|Activity.*|Metrics\..*))$", "clocks and telemetry")]
    [InlineData(@"^System\.Threading\.(Tasks\..*|Thread|Timer)$", "asynchronous work")]
    public void The_domain_is_pure(string pattern, string what) =>
        Check(Types().That().Are(Of("MarketData.Domain")).Should().NotDependOnAnyTypesThat().HaveFullNameMatching(pattern).Because($"the domain knows nothing of {what}"));

    [Fact]
    public void Only_the_storage_speaks_sql()
    {
        var others = MarketDataArchitecture.Allowed.Keys.Where(project => project != "MarketData.Storage").SelectMany(TypesOf)
            .Where(type => type.FullName != KeysOfWeb);

        Check(Types().That().Are(others).Should().NotDependOnAnyTypesThat()
            .HaveFullNameMatching(@"^(Npgsql\.Npgsql(Command|Batch.*|Binary.*|DataReader)|Dapper\..*|System\.Data\.Common\.Db(Command|DataReader))$"));
    }

    [Fact]
    public void Every_statement_has_a_name()
    {
        // What makes a statement, and of Dapper's methods those that take its text.
        var statement = new Regex(
            @"Npgsql\.Npgsql(Batch)?Command::\.ctor|Npgsql\.Npgsql\w+::Create(Command|Batch)|Dapper\.CommandDefinition::\.ctor|"
            + @"Dapper\.SqlMapper::.*IDbConnection,System\.String");
        var made = MarketDataArchitecture.Model.Types.SelectMany(type => type.Dependencies.OfType<ArchUnitNET.Domain.Dependencies.MethodCallDependency>())
            .Where(call => call.Origin.FullName.StartsWith("MarketData.", StringComparison.Ordinal) && statement.IsMatch(call.TargetMember.FullName))
            .ToList();

        made.ShouldNotBeEmpty();
        made.Where(call => call.Origin.FullName is not ("MarketData.Storage.Sql" or KeysOfWeb))
            .Select(call => $"{call.OriginMember.FullName} calls {call.TargetMember.FullName}").ShouldBeEmpty();
    }

    [Fact]
    public void Time_comes_from_a_time_provider()
    {
        var clocks = MarketDataArchitecture.Model.Types.SelectMany(type => type.Dependencies.OfType<ArchUnitNET.Domain.Dependencies.MethodCallDependency>())
            .Where(call => call.TargetMember.FullName.Contains("System.DateTime::get_UtcNow", StringComparison.Ordinal)
                || call.TargetMember.FullName.Contains("System.DateTime::get_Now", StringComparison.Ordinal)
                || call.TargetMember.FullName.Contains("System.DateTimeOffset::get_UtcNow", StringComparison.Ordinal)
                || call.TargetMember.FullName.Contains("System.DateTimeOffset::get_Now", StringComparison.Ordinal));

        clocks.Select(call => $"{call.OriginMember.FullName} asks {call.TargetMember.FullName}").ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_public_type_has_a_file_of_its_name_or_stands_with_the_models_of_its_feature(string project)
    {
        var files = Directory.EnumerateFiles(Path.Combine(MarketDataArchitecture.Root(), project), "*", SearchOption.AllDirectories)
            .Where(file => file.EndsWith(".cs", StringComparison.Ordinal) || file.EndsWith(".razor", StringComparison.Ordinal))
            .ToList();
        // The models of a feature stand together, so that its query and its shape are on one screen.
        var models = files.Where(file => file.EndsWith("Models.cs", StringComparison.Ordinal))
            .SelectMany(file => Regex.Matches(File.ReadAllText(file), @"^public (?:(?:sealed )?record|readonly record struct) (\w+)", RegexOptions.Multiline))
            .Select(declaration => declaration.Groups[1].Value);
        var names = files.Select(file => Path.GetFileName(file).Split('.')[0]).Concat(models).ToHashSet();

        MarketDataArchitecture.AssemblyOf(project).GetExportedTypes()
            .Where(type => type is { IsNested: false, Namespace: not null and not WireModels } && type.Namespace.StartsWith('M'))
            .Select(type => type.Name.Split('`')[0])
            .Where(name => !names.Contains(name))
            .ShouldBeEmpty();
    }

    private static IEnumerable<ArchUnitNET.Domain.IType> TypesOf(string project) =>
        MarketDataArchitecture.Model.Types.Where(type => type.Assembly.Name.Split(',')[0] == project);

    private static List<ArchUnitNET.Domain.IType> Of(string project)
    {
        var types = TypesOf(project).ToList();
        types.ShouldNotBeEmpty($"{project} was not loaded");
        return types;
    }

    private static List<ArchUnitNET.Domain.IType> In(string folder)
    {
        var types = MarketDataArchitecture.Model.Types
            .Where(type => type.Namespace.FullName == folder || type.Namespace.FullName.StartsWith(folder + ".", StringComparison.Ordinal))
            .ToList();
        types.ShouldNotBeEmpty($"{folder} holds nothing");
        return types;
    }

    private static void Check(IArchRule rule) =>
        rule.Evaluate(MarketDataArchitecture.Model).Where(result => !result.Passed).Select(result => result.Description).ShouldBeEmpty(rule.Description);
}
