using MudBlazor;

namespace MarketData.Web.Presentation;

/// <summary>How a status looks: never by colour alone, always with a word and a shape.</summary>
/// <param name="Word">The status as a person says it.</param>
/// <param name="Tone">The CSS tone: good, warn, bad, stale, busy, quiet.</param>
/// <param name="Icon">The shape.</param>
public sealed record StatusStyle(string Word, string Tone, string Icon)
{
    /// <summary>The look of a status of a symbol, job, run, circuit, service or scheduler.</summary>
    public static StatusStyle Of(string? status) => status switch
    {
        "healthy" or "ok" or "up" => new("Healthy", "good", Icons.Material.Rounded.CheckCircle),
        "succeeded" or "completed" => new(Capital(status), "good", Icons.Material.Rounded.CheckCircle),
        "closed" => new("Closed", "good", Icons.Material.Rounded.CheckCircle),
        "alive" => new("Alive", "good", Icons.Material.Rounded.CheckCircle),
        "warning" => new("Warning", "warn", Icons.Material.Rounded.WarningAmber),
        "degraded" => new("Degraded", "warn", Icons.Material.Rounded.WarningAmber),
        "partial" => new("Partial", "warn", Icons.Material.Rounded.WarningAmber),
        "half_open" => new("Half-open", "warn", Icons.Material.Rounded.Adjust),
        "delisted" => new("Delisted?", "stale", Icons.Material.Rounded.EventBusy),
        "stale" => new("Stale", "stale", Icons.Material.Rounded.HistoryToggleOff),
        "error" or "failed" => new(Capital(status), "bad", Icons.Material.Rounded.Error),
        "unhealthy" or "down" => new(Capital(status), "bad", Icons.Material.Rounded.Error),
        "lost" or "dead" => new(Capital(status), "bad", Icons.Material.Rounded.Error),
        "open" => new("Open", "bad", Icons.Material.Rounded.ElectricBolt),
        "isolated" => new("Isolated", "bad", Icons.Material.Rounded.Block),
        "stopped" => new("Stopped", "bad", Icons.Material.Rounded.StopCircle),
        "running" => new("Running", "busy", Icons.Material.Rounded.Autorenew),
        "retrying" => new("Retrying", "warn", Icons.Material.Rounded.Replay),
        "queued" => new("Queued", "quiet", Icons.Material.Rounded.HourglassEmpty),
        "paused" => new("Paused", "warn", Icons.Material.Rounded.PauseCircle),
        "cancelled" => new("Cancelled", "quiet", Icons.Material.Rounded.Cancel),
        "pending" => new("Pending", "quiet", Icons.Material.Rounded.RadioButtonUnchecked),
        "inactive" or "disabled" => new(Capital(status), "quiet", Icons.Material.Rounded.RemoveCircleOutline),
        { Length: > 0 } => new(Capital(status.Replace('_', ' ')), "quiet", Icons.Material.Rounded.HelpOutline),
        _ => new("Unknown", "quiet", Icons.Material.Rounded.HelpOutline),
    };

    private static string Capital(string word) => char.ToUpperInvariant(word[0]) + word[1..];
}
