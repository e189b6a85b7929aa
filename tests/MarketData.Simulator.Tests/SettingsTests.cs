using System.Net;

namespace MarketData.Simulator.Tests;

public sealed class SettingsTests
{
    [Theory]
    [InlineData("RequestsPerMinute:bloomberg=5", "Simulator:RequestsPerMinute:bloomberg")]
    [InlineData("RequestsPerMinute:yahoo=0", "Simulator:RequestsPerMinute:yahoo")]
    [InlineData("Now=1900-01-01T00:00:00Z", "Simulator:Now")]
    [InlineData("Seed=many", "Simulator:Seed")]
    [InlineData("Faults:0:Kind=gremlins", "Simulator:Faults:0")]
    public async Task A_setting_out_of_range_is_named(string setting, string named)
    {
        var error = await Should.ThrowAsync<InvalidOperationException>(() => Simulation.StartAsync(setting));

        error.Message.ShouldContain(named);
    }

    [Theory]
    [InlineData("/alive")]
    [InlineData("/health")]
    public async Task It_says_that_it_is_well(string path)
    {
        await using var simulation = await Simulation.StartAsync();

        using var response = await simulation.GetAsync(path);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
    }
}
