using Airliner.Users.Grains.Passwords;
using NSec.Cryptography;
using Xunit;

namespace Airliner.Users.Tests.Passwords;

public sealed class PasswordHashTests
{
    [Fact]
    public void A_hash_is_a_PHC_string_that_names_its_parameters() =>
        Assert.Matches(@"^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$", PasswordHash.Of("correct horse"));

    [Theory]
    [InlineData("correct horse")]
    [InlineData("пароль-密碼-😀")]
    [InlineData(" spaces count ")]
    public void A_password_matches_its_own_hash_and_no_other_does(string password)
    {
        var hash = PasswordHash.Of(password);

        Assert.True(PasswordHash.Matches(password, hash));
        Assert.False(PasswordHash.Matches(password + " ", hash));
        Assert.False(PasswordHash.Matches(password.ToUpperInvariant() + "x", hash));
        Assert.False(PasswordHash.Matches("", hash));
    }

    [Fact]
    public void A_password_hashed_twice_has_two_hashes() => Assert.NotEqual(PasswordHash.Of("correct horse"), PasswordHash.Of("correct horse"));

    [Fact]
    public void A_hash_of_other_parameters_is_verified_by_those()
    {
        var parameters = new Argon2Parameters { DegreeOfParallelism = 1, MemorySize = 8 * 1024, NumberOfPasses = 3 };
        byte[] salt = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];
        var derived = PasswordBasedKeyDerivationAlgorithm.Argon2id(parameters).DeriveBytes("correct horse", salt, 24);
        var hash = $"$argon2id$v=19$m=8192,t=3,p=1${Convert.ToBase64String(salt).TrimEnd('=')}${Convert.ToBase64String(derived).TrimEnd('=')}";

        Assert.True(PasswordHash.Matches("correct horse", hash));
        Assert.False(PasswordHash.Matches("wrong horse", hash));
    }

    [Fact]
    public void Nobody_has_a_hash_that_a_password_matches() => Assert.False(PasswordHash.Matches("", PasswordHash.OfNobody));

    [Theory]
    [InlineData("")]
    [InlineData("correct horse")]
    [InlineData("$2b$12$abcdefghijklmnopqrstuv")]
    [InlineData("$argon2i$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAA")]
    public void What_is_no_argon2id_hash_is_refused_loudly(string hash) => Assert.Throws<FormatException>(() => PasswordHash.Matches("correct horse", hash));
}
