using System.Collections.Frozen;
using System.Reflection;
using Markdig;
using Markdig.Renderers.Html;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace MarketData.Web.Runbooks;

/// <summary>The runbooks, as they were when this was built: they are needed most when nothing else can be reached.</summary>
public sealed class RunbookLibrary
{
    /// <summary>The list of all runbooks.</summary>
    public const string Index = "README";

    private const string Folder = "runbooks/";
    private const string Ending = ".md";

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder().UsePipeTables().UseAutoIdentifiers().DisableHtml().Build();

    private readonly FrozenDictionary<string, Runbook> _runbooks =
        Read().ToFrozenDictionary(runbook => runbook.Name, StringComparer.OrdinalIgnoreCase);

    /// <summary>The runbook of a name; null when there is none.</summary>
    public Runbook? Find(string name) => _runbooks.GetValueOrDefault(name);

    private static IEnumerable<Runbook> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!);
            yield return Render(resource[Folder.Length..^Ending.Length], reader.ReadToEnd());
        }
    }

    private static Runbook Render(string name, string text)
    {
        var page = Markdown.Parse(text, Pipeline);
        var title = name;
        if (page.FirstOrDefault() is HeadingBlock { Level: 1 } heading)
        {
            title = Words(heading.Inline);
            page.Remove(heading);
        }

        foreach (var link in page.Descendants<LinkInline>().ToList())
            Redirect(link);
        // What scrolls has to be reached by the keyboard.
        foreach (var code in page.Descendants<CodeBlock>())
            code.GetAttributes().AddProperty("tabindex", "0");
        return new(name, title, page.ToHtml(Pipeline));
    }

    // Another runbook is a page of the dashboard; what else of the repository is referred to is not here, and is named instead.
    private static void Redirect(LinkInline link)
    {
        if (link.Url is not { } url || url.StartsWith('#') || Uri.TryCreate(url, UriKind.Absolute, out _))
            return;
        var (file, anchor) = url.Split('#') is [var path, var rest] ? (path, "#" + rest) : (url, "");
        if (!file.Contains('/', StringComparison.Ordinal) && file.EndsWith(Ending, StringComparison.Ordinal))
            link.Url = (file == Index + Ending ? "runbooks" : Folder + file[..^Ending.Length]) + anchor;
        else
            link.ReplaceBy(new LiteralInline($"{Words(link)} ({InRepository(file)})"), copyChildren: false);
    }

    private static string InRepository(string file) =>
        file.StartsWith("../../", StringComparison.Ordinal) ? file["../../".Length..] : file.Replace("../", "docs/", StringComparison.Ordinal);

    private static string Words(ContainerInline? words) => string.Concat(words?.Descendants().Select(part => part switch
    {
        LiteralInline literal => literal.Content.ToString(),
        CodeInline code => code.Content,
        _ => "",
    }) ?? []);
}
