//! Three-digit ZIP prefixes that Safe Harbor replaces by 000 (45 CFR 164.514(b)(2)(i)(B)).

/// Prefixes whose area held 20,000 people or fewer: the union of the list of the 2000 census (HHS, Guidance Regarding
/// Methods for De-identification, 2012), of the 2010 census (as Microsoft's FHIR anonymizer configuration has it) and of
/// the 2020 census (summed by prefix from a third party's adaptation of the ZCTA table). Masking more is never a
/// violation.
const SPARSE: &[u16] =
    &[36, 59, 63, 102, 202, 203, 204, 205, 369, 556, 692, 753, 772, 790, 821, 823, 830, 831, 878, 879, 884, 890, 893];

/// Prefixes without a ZIP code tabulation area, which are not shown to exceed 20,000: not in use, or military. Compiled by
/// hand and not checked against the Census file, so it may lack some; it errs on the side of masking. First and last of
/// each stretch.
const WITHOUT_AREA: &[(u16, u16)] = &[
    (0, 4),
    (90, 99),
    (213, 213),
    (269, 269),
    (340, 340),
    (343, 343),
    (345, 345),
    (348, 348),
    (353, 353),
    (419, 419),
    (428, 429),
    (517, 519),
    (529, 529),
    (533, 533),
    (536, 536),
    (552, 552),
    (568, 568),
    (578, 579),
    (589, 589),
    (621, 621),
    (632, 632),
    (642, 643),
    (659, 659),
    (663, 663),
    (682, 682),
    (694, 699),
    (702, 702),
    (709, 709),
    (715, 715),
    (732, 732),
    (742, 742),
    (771, 771),
    (817, 819),
    (839, 839),
    (848, 849),
    (854, 854),
    (858, 858),
    (861, 862),
    (866, 869),
    (872, 872),
    (876, 876),
    (886, 888),
    (892, 892),
    (896, 896),
    (899, 899),
    (909, 909),
    (929, 929),
    (962, 966),
    (987, 987),
];

/// True where the first three digits of a ZIP code must become 000. False for a number over 999, which is none.
pub fn is_restricted(zip3: u16) -> bool {
    SPARSE.binary_search(&zip3).is_ok() || WITHOUT_AREA.iter().any(|&(first, last)| (first..=last).contains(&zip3))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_published_list_is_in_the_union() {
        let census_2000 = [36, 59, 63, 102, 203, 556, 692, 790, 821, 823, 830, 831, 878, 879, 884, 890, 893];
        let census_2010 = [36, 59, 102, 203, 205, 369, 556, 692, 821, 823, 878, 879, 884, 893];
        let census_2020 = [36, 59, 102, 202, 203, 204, 205, 369, 556, 692, 753, 772, 821, 823, 878, 879, 884, 893];
        for zip3 in census_2000.into_iter().chain(census_2010).chain(census_2020) {
            assert!(is_restricted(zip3), "{zip3:03}");
        }
        assert!(SPARSE.windows(2).all(|pair| pair[0] < pair[1]));
    }

    #[test]
    fn cities_keep_theirs_and_military_codes_do_not() {
        for kept in [21, 100, 277, 606, 941] {
            assert!(!is_restricted(kept), "{kept:03}");
        }
        for masked in [0, 96, 340, 963] {
            assert!(is_restricted(masked), "{masked:03}");
        }
    }
}
