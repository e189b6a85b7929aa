using MarketData.Web.Presentation;

namespace MarketData.Web.Tests.Presentation;

public sealed class SparklinePathTests
{
    [Fact]
    public void Rows_share_one_scale_whatever_their_own_values_are()
    {
        SparklinePath.Points([1, 0.75, 0.5], 0.5, 1).ShouldBe("0,2 50,12 100,22");
        SparklinePath.Points([0.75, 0.75, 0.75], 0.5, 1).ShouldBe("0,12 50,12 100,12");
        SparklinePath.Points([0.75, null, 0.1, double.NaN, 1.5], 0.5, 1).ShouldBe("0,12 50,22 100,2");
    }
}
