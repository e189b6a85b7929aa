using System.Text.Json;
using System.Text.Json.Serialization;
using MarketData.Simulator.Faults;
using MarketData.Simulator.Market;
using MarketData.Simulator.Requests;
using Microsoft.AspNetCore.Mvc;

namespace MarketData.Simulator;

/// <summary>JSON of the simulator's own endpoints.</summary>
[JsonSerializable(typeof(FaultRequest))]
[JsonSerializable(typeof(FaultView))]
[JsonSerializable(typeof(FaultView[]))]
[JsonSerializable(typeof(RequestStatistics[]))]
[JsonSerializable(typeof(QuotaSetting))]
[JsonSerializable(typeof(QuotaSetting[]))]
[JsonSerializable(typeof(ListingView[]))]
[JsonSerializable(typeof(ProblemDetails))]
internal sealed partial class SimulatorJson : JsonSerializerContext
{
    /// <summary>snake_case; what is null is left out; a misspelt member is an error, not a fault that never comes.</summary>
    public static void Configure(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull;
        options.TypeInfoResolverChain.Insert(0, Default);
    }
}
