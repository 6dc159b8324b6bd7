//! Countries by their two-letter codes, and the regions whose public holidays
//! are known apart from their country's.

/// ISO 3166-1 alpha-2, every code that is assigned.
const CODES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ \
    BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ \
    DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP \
    GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI \
    KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP \
    MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM \
    PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX \
    SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU \
    WF WS YE YT ZA ZM ZW";

/// ISO 3166-2, those with a calendar of their own: Canada's Quebec, the Swiss
/// cantons, the German Länder, the United Kingdom's nations, California.
const REGIONS: &str = "CA-QC CH-AG CH-AI CH-AR CH-BE CH-BL CH-BS CH-FR CH-GE CH-GL CH-GR CH-JU CH-LU \
    CH-NE CH-NW CH-OW CH-SG CH-SH CH-SO CH-SZ CH-TG CH-TI CH-UR CH-VD CH-VS CH-ZG CH-ZH DE-BB \
    DE-BE DE-BW DE-BY DE-HB DE-HE DE-HH DE-MV DE-NI DE-NW DE-RP DE-SH DE-SL DE-SN DE-ST DE-TH \
    GB-ENG GB-NIR GB-SCT GB-WLS US-CA";

/// Whether it is an assigned code.
pub(crate) fn is_code(text: &str) -> bool {
    codes().any(|code| code == text)
}

/// Whether it is a country, or a region with a calendar of its own.
pub(crate) fn is_place(text: &str) -> bool {
    is_code(text) || regions().any(|region| region == text)
}

/// Every region with a calendar of its own, in order.
pub fn regions() -> impl Iterator<Item = &'static str> {
    REGIONS.split_whitespace()
}

/// Every code, in order.
pub(crate) fn codes() -> impl Iterator<Item = &'static str> {
    CODES.split_whitespace()
}
