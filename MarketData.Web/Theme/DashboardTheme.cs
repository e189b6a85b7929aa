using MudBlazor;

namespace MarketData.Web.Theme;

/// <summary>
/// The one theme. Text on its background has at least 4.5:1 in both palettes, and fonts are those of the reader's system,
/// so that nothing is fetched.
/// </summary>
public static class DashboardTheme
{
    private static readonly string[] Fonts =
        ["Inter", "-apple-system", "BlinkMacSystemFont", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"];

    /// <summary>Colours, type and measures for light and dark.</summary>
    public static MudTheme Theme { get; } = new()
    {
        PaletteLight = Light(),
        PaletteDark = Dark(),
        LayoutProperties = new LayoutProperties { DefaultBorderRadius = "8px", AppbarHeight = "56px" },
        Typography = Type(),
    };

    private static PaletteLight Light() => new()
    {
        Primary = "#3451c6",
        PrimaryContrastText = "#ffffff",
        Secondary = "#4b5566",
        Background = "#f5f6f8",
        BackgroundGray = "#eceef1",
        Surface = "#ffffff",
        AppbarBackground = "#ffffff",
        AppbarText = "#1a1f29",
        DrawerBackground = "#ffffff",
        TextPrimary = "#1a1f29",
        TextSecondary = "#545d6b",
        TextDisabled = "#6b7482",
        ActionDefault = "#545d6b",
        ActionDisabled = "#8b93a0",
        ActionDisabledBackground = "#e6e8ec",
        Divider = "#e1e4e9",
        DividerLight = "#eceef1",
        LinesDefault = "#e1e4e9",
        LinesInputs = "#8b93a0",
        TableLines = "#e8eaee",
        TableHover = "#f3f5f9",
        TableStriped = "#f8f9fb",
        Success = "#197a48",
        Warning = "#8f5f00",
        Error = "#c32f2f",
        Info = "#1667b3",
        Tertiary = "#6f42b8",
        SuccessContrastText = "#ffffff",
        WarningContrastText = "#ffffff",
        ErrorContrastText = "#ffffff",
        InfoContrastText = "#ffffff",
        Skeleton = "#e3e6eb",
    };

    private static PaletteDark Dark() => new()
    {
        Primary = "#8fa5ff",
        PrimaryContrastText = "#0d1117",
        Secondary = "#a3adbb",
        Black = "#0d1117",
        Background = "#0d1117",
        BackgroundGray = "#10151d",
        Surface = "#151b24",
        AppbarBackground = "#11161e",
        AppbarText = "#e7eaef",
        DrawerBackground = "#11161e",
        DrawerText = "#e7eaef",
        TextPrimary = "#e7eaef",
        TextSecondary = "#9ea8b7",
        TextDisabled = "#838d9c",
        ActionDefault = "#a3adbb",
        ActionDisabled = "#6d7786",
        ActionDisabledBackground = "#222a35",
        Divider = "#28303c",
        DividerLight = "#1f2631",
        LinesDefault = "#28303c",
        LinesInputs = "#6d7786",
        TableLines = "#222a35",
        TableHover = "#1b222d",
        TableStriped = "#171d27",
        Success = "#4cc38a",
        Warning = "#e3b341",
        Error = "#ff8078",
        Info = "#6cb6ff",
        Tertiary = "#c3a6ff",
        SuccessContrastText = "#0d1117",
        WarningContrastText = "#0d1117",
        ErrorContrastText = "#0d1117",
        InfoContrastText = "#0d1117",
        Skeleton = "#242c38",
    };

    private static Typography Type() => new()
    {
        Default = new DefaultTypography { FontFamily = Fonts, FontSize = ".875rem", LineHeight = "1.5", LetterSpacing = "normal" },
        Body1 = new Body1Typography { FontSize = ".9375rem", LineHeight = "1.55", LetterSpacing = "normal" },
        Body2 = new Body2Typography { FontSize = ".875rem", LineHeight = "1.5", LetterSpacing = "normal" },
        Button = new ButtonTypography { FontSize = ".875rem", FontWeight = "550", TextTransform = "none", LetterSpacing = "normal" },
        Caption = new CaptionTypography { FontSize = ".8125rem", LetterSpacing = "normal" },
        Overline = new OverlineTypography { FontSize = ".75rem", LetterSpacing = ".04em" },
        H6 = new H6Typography { FontSize = "1.0625rem", FontWeight = "600", LetterSpacing = "-.005em" },
    };
}
