namespace MarketData.Web.Components.Layout;

/// <summary>What is logged of it: the generator of logging calls does not see what stands in the markup's file.</summary>
public partial class MainLayout
{
    [LoggerMessage(LogLevel.Error, "The frame of the page could not be brought up to date")]
    private static partial void LogNotFollowed(ILogger logger, Exception exception);
}
