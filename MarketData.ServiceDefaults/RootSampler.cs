using System.Diagnostics;
using OpenTelemetry.Trace;

namespace Microsoft.Extensions.Hosting;

/// <summary>
/// Decides which spans begin a trace: a request that comes in, what a person does in the dashboard, a run. A statement or a request of the
/// service's own that belongs to none of these is a poll (leases, heartbeats, health checks, the event stream); thousands of them an hour
/// would bury what a person looks for.
/// </summary>
/// <param name="ratio">The share of the others that is recorded, 0 to 1.</param>
internal sealed class RootSampler(double ratio) : Sampler
{
    private readonly TraceIdRatioBasedSampler _others = new(ratio);

    /// <inheritdoc/>
    public override SamplingResult ShouldSample(in SamplingParameters samplingParameters) =>
        samplingParameters.Kind == ActivityKind.Client
            ? new SamplingResult(SamplingDecision.Drop)
            : _others.ShouldSample(samplingParameters);
}
