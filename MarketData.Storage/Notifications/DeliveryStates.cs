namespace MarketData.Storage.Notifications;

/// <summary>How a delivery stands.</summary>
public static class DeliveryStates
{
    /// <summary>It waits, is under way, or will be tried again.</summary>
    public const string Pending = "pending";

    /// <summary>The receiver took it.</summary>
    public const string Delivered = "delivered";

    /// <summary>It was given up.</summary>
    public const string Failed = "failed";

    /// <summary>Its receiver was deleted first.</summary>
    public const string Dropped = "dropped";
}
