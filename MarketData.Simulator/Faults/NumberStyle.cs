namespace MarketData.Simulator.Faults;

/// <summary>How a row's prices and volumes are written.</summary>
internal enum NumberStyle
{
    /// <summary>As the provider does.</summary>
    Usual,

    /// <summary>As objects.</summary>
    Object,

    /// <summary>Strings for numbers, numbers for strings.</summary>
    Swapped,

    /// <summary>With an exponent.</summary>
    Exponent,

    /// <summary>Beyond the range of a double.</summary>
    OutOfRange,
}
