//! The tree against published values, a naive copy of the RFC's definitions,
//! and another implementation.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::*;

type Nodes = BTreeMap<(u8, u64), Hash>;

/// MTH of RFC 6962, section 2.1, word for word.
fn naive_root(leaves: &[Hash]) -> Hash {
    match leaves {
        [] => empty_root(),
        [leaf] => *leaf,
        _ => {
            let (left, right) = leaves.split_at(naive_split(leaves.len()));
            node_hash(&naive_root(left), &naive_root(right))
        }
    }
}

/// PATH of section 2.1.1.
fn naive_path(m: usize, leaves: &[Hash]) -> Vec<Hash> {
    if leaves.len() == 1 {
        return Vec::new();
    }
    let k = naive_split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut path, sibling) = if m < k {
        (naive_path(m, left), naive_root(right))
    } else {
        (naive_path(m - k, right), naive_root(left))
    };
    path.push(sibling);
    path
}

/// SUBPROOF of section 2.1.2.
fn naive_subproof(m: usize, leaves: &[Hash], complete: bool) -> Vec<Hash> {
    if m == leaves.len() {
        return if complete {
            Vec::new()
        } else {
            vec![naive_root(leaves)]
        };
    }
    let k = naive_split(leaves.len());
    let (left, right) = leaves.split_at(k);
    let (mut proof, sibling) = if m <= k {
        (naive_subproof(m, left, complete), naive_root(right))
    } else {
        (naive_subproof(m - k, right, false), naive_root(left))
    };
    proof.push(sibling);
    proof
}

fn naive_split(length: usize) -> usize {
    (1..length).filter(|k| k.is_power_of_two()).max().unwrap()
}

fn leaves(size: u64) -> Vec<Hash> {
    (0..size).map(|i| leaf_hash(&i.to_be_bytes())).collect()
}

fn tree(leaves: &[Hash]) -> (Frontier, Nodes) {
    let mut frontier = Frontier::new();
    let mut nodes = Nodes::new();
    for leaf in leaves {
        for node in frontier.append(*leaf) {
            assert_eq!(
                nodes.insert((node.level, node.index), node.hash),
                None,
                "stored twice"
            );
        }
    }
    (frontier, nodes)
}

/// Only the listed nodes, so that a proof can't use one that wasn't listed.
fn only(nodes: &Nodes, listed: &[(u8, u64)]) -> Nodes {
    listed.iter().map(|id| (*id, nodes[id])).collect()
}

/// The reference data of the certificate-transparency tests.
#[test]
fn published_roots() {
    let entries = [
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    ];
    let roots = [
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
        "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
        "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
        "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
        "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
        "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
    ];
    let hashes: Vec<_> = entries.map(|e| leaf_hash(&hex::decode(e).unwrap())).into();
    for (size, root) in roots.iter().enumerate() {
        assert_eq!(
            root_of(hashes[..size].to_vec()).to_string(),
            *root,
            "size {size}"
        );
    }
}

#[test]
fn all_small_trees_agree_with_the_definitions() {
    let all = leaves(40);
    let (_, nodes) = tree(&all);
    for size in 0..=all.len() {
        let part = &all[..size];
        let n = size as u64;
        assert_eq!(
            root_at(n, &only(&nodes, &root_nodes(n))),
            Ok(naive_root(part))
        );
        for index in 0..n {
            let listed = only(&nodes, &inclusion_nodes(index, n).unwrap());
            let proof = inclusion_proof(index, n, &listed).unwrap();
            assert_eq!(proof, naive_path(index as usize, part), "{index} of {n}");
        }
        for old in 1..=n {
            let listed = only(&nodes, &consistency_nodes(old, n).unwrap());
            let proof = consistency_proof(old, n, &listed).unwrap();
            assert_eq!(
                proof,
                naive_subproof(old as usize, part, true),
                "{old} to {n}"
            );
        }
    }
}

/// Every wrong index, size, leaf, root and every change of a proof is refused.
#[test]
fn proofs_of_small_trees_show_only_what_is_true() {
    let all = leaves(18);
    let (_, nodes) = tree(&all);
    let roots: Vec<_> = (0..=18).map(|n| naive_root(&all[..n])).collect();
    for size in 1..=18_u64 {
        let root = roots[size as usize];
        for index in 0..size {
            let proof = inclusion_proof(index, size, &nodes).unwrap();
            for (claimed, leaf) in (0..size + 2).flat_map(|i| all.iter().map(move |l| (i, l))) {
                let holds = claimed == index && *leaf == all[index as usize];
                let verdict = verify_inclusion(leaf, claimed, size, &proof, &root);
                assert_eq!(verdict.is_ok(), holds, "{index} of {size} as {claimed}");
            }
            let leaf = &all[index as usize];
            for bad in changed(&proof) {
                assert!(verify_inclusion(leaf, index, size, &bad, &root).is_err());
            }
        }
        for old in 0..=size {
            let proof = consistency_proof(old, size, &nodes).unwrap();
            let old_root = roots[old as usize];
            verify_consistency(old, &old_root, size, &root, &proof).unwrap();
            for bad in changed(&proof) {
                assert!(verify_consistency(old, &old_root, size, &root, &bad).is_err());
            }
            let wrong = leaf_hash(b"wrong");
            assert!(verify_consistency(old, &wrong, size, &root, &proof).is_err());
            // Nothing ties an empty beginning to what follows.
            assert_eq!(
                verify_consistency(old, &old_root, size, &wrong, &proof).is_ok(),
                old == 0
            );
        }
    }
}

/// The proof with each hash changed, each dropped, and one too many.
fn changed(proof: &[Hash]) -> Vec<Vec<Hash>> {
    let other = leaf_hash(b"other");
    let mut all = Vec::new();
    for at in 0..proof.len() {
        let mut one = proof.to_vec();
        one[at] = other;
        all.push(one.clone());
        one.remove(at);
        all.push(one);
    }
    all.push([proof, &[other]].concat());
    all
}

#[test]
fn what_is_not_in_the_tree_is_not_proven() {
    let (_, mut nodes) = tree(&leaves(5));
    assert_eq!(
        inclusion_proof(5, 5, &nodes),
        Err(ProofError::Index { index: 5, size: 5 })
    );
    assert_eq!(
        consistency_nodes(6, 5),
        Err(ProofError::Sizes { old: 6, new: 5 })
    );
    assert!(inclusion_nodes(0, SIZE_MAX + 1).is_err());
    assert!(consistency_nodes(1, SIZE_MAX + 1).is_err());
    assert!(!inclusion_nodes(SIZE_MAX - 1, SIZE_MAX).unwrap().is_empty());
    nodes.remove(&(2, 0));
    assert_eq!(
        Frontier::at(5, &nodes),
        Err(ProofError::Missing { level: 2, index: 0 })
    );
    assert_eq!(
        inclusion_proof(4, 5, &nodes),
        Err(ProofError::Missing { level: 2, index: 0 })
    );
}

#[test]
fn stored_frontiers_are_checked() {
    let (frontier, _) = tree(&leaves(5));
    let bytes = frontier.to_bytes();
    assert_eq!(Frontier::from_bytes(&bytes), Ok(frontier.clone()));
    assert_eq!(Frontier::from_bytes(&bytes[..71]), Err(FrontierError));
    let mut other_size = bytes.clone();
    other_size[7] = 7;
    assert_eq!(Frontier::from_bytes(&other_size), Err(FrontierError));
    assert_eq!(
        Frontier::from_bytes(&[0xff; 8 + 64 * 32]),
        Err(FrontierError)
    );
    assert_eq!(Frontier::from_bytes(&[]), Err(FrontierError));
    let json = serde_json::to_string(&frontier).unwrap();
    assert_eq!(serde_json::from_str::<Frontier>(&json).unwrap(), frontier);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn larger_trees_agree_with_the_definitions(
        size in 1_u64..700, pick in any::<u64>(), earlier in any::<u64>(),
    ) {
        let all = leaves(size);
        let (frontier, nodes) = tree(&all);
        prop_assert_eq!(frontier.root(), naive_root(&all));
        prop_assert_eq!(Frontier::from_bytes(&frontier.to_bytes()).unwrap(), frontier.clone());

        let index = pick % size;
        let proof = inclusion_proof(index, size, &nodes).unwrap();
        prop_assert_eq!(&proof, &naive_path(index as usize, &all));
        let leaf = &all[index as usize];
        prop_assert!(verify_inclusion(leaf, index, size, &proof, &frontier.root()).is_ok());

        let old = earlier % size + 1;
        let old_root = root_at(old, &nodes).unwrap();
        let proof = consistency_proof(old, size, &nodes).unwrap();
        prop_assert_eq!(&proof, &naive_subproof(old as usize, &all, true));
        prop_assert!(
            verify_consistency(old, &old_root, size, &frontier.root(), &proof).is_ok()
        );
    }

    /// Proofs of ours pass where the Go checksum database's algorithms check.
    #[test]
    fn another_implementation_accepts_our_proofs(
        size in 1_u64..700, pick in any::<u64>(), earlier in any::<u64>(),
    ) {
        let theirs = |hash: Hash| tlog_tiles::Hash(*hash.as_bytes());
        let all = leaves(size);
        let (frontier, nodes) = tree(&all);
        let (index, root) = (pick % size, theirs(frontier.root()));
        let proof = inclusion_proof(index, size, &nodes).unwrap().into_iter().map(theirs).collect();
        let leaf = tlog_tiles::record_hash(&index.to_be_bytes());
        prop_assert!(tlog_tiles::check_record(&proof, size, root, index, leaf).is_ok());

        let old = earlier % size + 1;
        let old_root = theirs(root_at(old, &nodes).unwrap());
        let proof = consistency_proof(old, size, &nodes).unwrap().into_iter().map(theirs).collect();
        prop_assert!(tlog_tiles::check_tree(&proof, size, root, old, old_root).is_ok());
    }

    /// A tree that forked anywhere in its past is not a continuation.
    #[test]
    fn a_rewritten_past_is_found(size in 2_u64..200, pick in any::<u64>(), at in any::<u64>()) {
        let mut all = leaves(size);
        let old = pick % (size - 1) + 1;
        let (old_frontier, _) = tree(&all[..old as usize]);
        all[(at % old) as usize] = leaf_hash(b"rewritten");
        let (frontier, nodes) = tree(&all);
        let proof = consistency_proof(old, size, &nodes).unwrap();
        prop_assert!(
            verify_consistency(old, &old_frontier.root(), size, &frontier.root(), &proof).is_err()
        );
    }
}
