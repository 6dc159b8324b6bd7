//! Strongly connected components (Tarjan 1972), in an order in which every
//! component comes after those it leads to. Without recursion, so that a long
//! chain of tables cannot exhaust the stack.

/// The components of a graph of `edges.len()` nodes; `edges[n]` are the nodes
/// that `n` leads to. Nodes of a component are in ascending order.
pub(super) fn components(edges: &[Vec<usize>]) -> Vec<Vec<usize>> {
    let mut state = Tarjan {
        edges,
        visits: vec![None; edges.len()],
        clock: 0,
        open: Vec::new(),
        done: Vec::new(),
    };
    for node in 0..edges.len() {
        state.visit(node);
    }
    state.done
}

/// Whether a component can lead back to itself.
pub(super) fn is_circular(edges: &[Vec<usize>], component: &[usize]) -> bool {
    component.len() > 1
        || component
            .iter()
            .any(|node| edges.get(*node).is_some_and(|next| next.contains(node)))
}

#[derive(Clone, Copy)]
struct Visit {
    number: usize,
    low: usize,
    open: bool,
}

struct Tarjan<'a> {
    edges: &'a [Vec<usize>],
    visits: Vec<Option<Visit>>,
    clock: usize,
    open: Vec<usize>,
    done: Vec<Vec<usize>>,
}

impl Tarjan<'_> {
    fn visit(&mut self, start: usize) {
        if self.at(start).is_some() {
            return;
        }
        self.enter(start);
        // Each frame is a node and how many of its edges were followed.
        let mut frames = vec![(start, 0)];
        while let Some((node, followed)) = frames.pop() {
            let next = self
                .edges
                .get(node)
                .and_then(|edges| edges.get(followed))
                .copied();
            match next {
                Some(next) => {
                    frames.push((node, followed + 1));
                    match self.at(next) {
                        None => {
                            self.enter(next);
                            frames.push((next, 0));
                        }
                        Some(visit) if visit.open => self.lower(node, visit.number),
                        Some(_) => {}
                    }
                }
                None => {
                    self.leave(node);
                    if let (Some((parent, _)), Some(visit)) = (frames.last(), self.at(node)) {
                        self.lower(*parent, visit.low);
                    }
                }
            }
        }
    }

    fn at(&self, node: usize) -> Option<Visit> {
        self.visits.get(node).copied().flatten()
    }

    fn enter(&mut self, node: usize) {
        if let Some(visit) = self.visits.get_mut(node) {
            *visit = Some(Visit {
                number: self.clock,
                low: self.clock,
                open: true,
            });
        }
        self.clock += 1;
        self.open.push(node);
    }

    fn lower(&mut self, node: usize, low: usize) {
        if let Some(Some(visit)) = self.visits.get_mut(node) {
            visit.low = visit.low.min(low);
        }
    }

    fn leave(&mut self, node: usize) {
        let Some(visit) = self.at(node).filter(|visit| visit.low == visit.number) else {
            return;
        };
        let mut component = Vec::new();
        while let Some(member) = self.open.pop() {
            if let Some(Some(closed)) = self.visits.get_mut(member) {
                closed.open = false;
                closed.low = closed.low.max(visit.low);
            }
            component.push(member);
            if member == node {
                break;
            }
        }
        component.sort_unstable();
        self.done.push(component);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_come_after_those_they_lead_to() {
        // 0 -> 1 <-> 2 -> 3, 4 -> 4, 5 alone.
        let edges = vec![vec![1], vec![2], vec![1, 3], vec![], vec![4], vec![]];
        assert_eq!(
            components(&edges),
            [vec![3], vec![1, 2], vec![0], vec![4], vec![5]]
        );
        assert!(is_circular(&edges, &[1, 2]));
        assert!(is_circular(&edges, &[4]));
        assert!(!is_circular(&edges, &[5]));
    }

    #[test]
    fn a_long_chain_does_not_exhaust_the_stack() {
        let edges: Vec<Vec<usize>> = (0..100_000).map(|node| vec![node + 1]).collect();
        let mut edges = edges;
        edges.push(Vec::new());
        assert_eq!(components(&edges).len(), 100_001);
    }
}
